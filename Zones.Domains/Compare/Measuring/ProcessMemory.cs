using System.Globalization;

namespace Zones.Domains.Compare.Measuring;

/// <summary>Memory of processes, as the host's kernel counts it (proc_pid_smaps(5)).</summary>
internal static class ProcessMemory
{
    /// <summary>Proportional set size: each page by how many share it.</summary>
    public static long Pss(IEnumerable<int> processes) => processes.Sum(process => Read(process, "Pss:"));

    /// <summary>Resident set size.</summary>
    public static long Resident(IEnumerable<int> processes) => processes.Sum(process => Read(process, "Rss:"));

    /// <summary>Pages that they alone have and have written to: pages of programs and libraries are there once for all instances.</summary>
    public static long Private(IEnumerable<int> processes) => processes.Sum(process => Read(process, "Private_Dirty:"));

    /// <summary>A process and all that descend from it.</summary>
    public static IReadOnlyList<int> Tree(int process)
    {
        List<int> tree = [process];
        for (int i = 0; i < tree.Count; i++)
        {
            tree.AddRange(Numbers($"/proc/{tree[i]}/task/{tree[i]}/children"));
        }

        return tree;
    }

    /// <summary>Processes whose command line names something; such as those that serve a state directory.</summary>
    public static IReadOnlyList<int> Naming(string text)
    {
        List<int> found = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process) && process != Environment.ProcessId
                && Text($"{directory}/cmdline").Split('\0').Contains(text))
            {
                found.Add(process);
            }
        }

        return found;
    }

    /// <summary>Numbers of processes in a file of the kernel's.</summary>
    public static IEnumerable<int> Numbers(string file) =>
        Text(file).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture));

    /// <summary>The text of a file below /proc; empty when its process has ended.</summary>
    public static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static long Read(int process, string key)
    {
        string? line = Text($"/proc/{process}/smaps_rollup").Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
