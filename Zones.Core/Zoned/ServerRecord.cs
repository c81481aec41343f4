using System.Globalization;
using Zones.Hosting;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>STATE/run/NAME.server: who serves under a name, such as a mount or an export, and under which numbers it has its descriptors. A keeper that was
/// killed held them too; its successor gets them back from here.</summary>
/// <param name="Process">The server.</param>
/// <param name="Numbers">Its descriptors, in the order in which the keeper was given them.</param>
internal sealed record ServerRecord(ProcessIdentity Process, IReadOnlyList<int> Numbers)
{
    /// <summary>Where the record is.</summary>
    public static string PathOf(string runDirectory, string name) => Path.Combine(runDirectory, name + ".server");

    /// <summary>Reads a record; null when there is none.</summary>
    public static ServerRecord? Read(string runDirectory, string name)
    {
        try
        {
            string[] words = File.ReadAllText(PathOf(runDirectory, name)).Split(' ', StringSplitOptions.TrimEntries);
            return words is [string pid, string start, string boot, .. string[] numbers]
                ? new(new(int.Parse(pid, CultureInfo.InvariantCulture), long.Parse(start, CultureInfo.InvariantCulture), boot), [.. numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture))])
                : null;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public void Write(string runDirectory, string name)
    {
        string path = PathOf(runDirectory, name);
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{Process.Pid} {Process.StartTicks} {Process.BootId} {string.Join(' ', Numbers)}\n"));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Copies of the server's descriptors (pidfd_getfd(2)); null when it does not run.</summary>
    public IReadOnlyList<SafeFd>? Take()
    {
        using SafeFd? process = Process.Open();
        if (process is null)
        {
            return null;
        }

        const long pidfdGetfd = 438;
        List<SafeFd> taken = [];
        foreach (int number in Numbers)
        {
            if (Kernel.Descriptor(Kernel.Call(pidfdGetfd, process.Number, number), out _) is not { } copy)
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
