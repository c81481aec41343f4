using System.Globalization;
using Zones.Hosting;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>Who serves under a name, such as a mount or an export, as its <see cref="ServerFile"/> says.</summary>
/// <param name="Process">The server.</param>
/// <param name="Numbers">Its descriptors, in the order in which the keeper was given them.</param>
internal sealed record ServerRecord(ProcessIdentity Process, IReadOnlyList<int> Numbers)
{
    /// <summary>Reads a record; null when there is none.</summary>
    public static ServerRecord? Read(string runDirectory, string name)
    {
        try
        {
            string[] words = File.ReadAllText(ServerFile.PathOf(runDirectory, name)).Split(' ', StringSplitOptions.TrimEntries);
            return words is [string pid, string start, string boot, .. string[] numbers]
                ? new(new(int.Parse(pid, CultureInfo.InvariantCulture), long.Parse(start, CultureInfo.InvariantCulture), boot), [.. numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture))])
                : null;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Copies of the server's descriptors (pidfd_getfd(2)); null when it does not run.</summary>
    public IReadOnlyList<SafeFd>? Take()
    {
        using SafeFd? process = Process.Open();
        if (process is null)
        {
            return null;
        }

        List<SafeFd> taken = [];
        foreach (int number in Numbers)
        {
            if (Kernel.Descriptor(Kernel.Call(Linux.PidfdGetfd, process.Number, number), out _) is not { } copy)
            {
                taken.ForEach(descriptor => descriptor.Dispose());
                return null;
            }

            taken.Add(copy);
        }

        return taken;
    }

    /// <summary>Kills the server, if it runs.</summary>
    public void Kill()
    {
        using SafeFd? process = Process.Open();
        if (process is not null)
        {
            Kernel.Call(Linux.PidfdSendSignal, process.Number, Linux.SIGKILL);
        }
    }
}
