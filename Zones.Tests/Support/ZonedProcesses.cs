using System.Globalization;
using Zones.Wire;

namespace Zones.Tests.Support;

/// <summary>The keeper and the spawner of one state directory, to be looked at, stopped, let go on and killed by their numbers.</summary>
internal static class ZonedProcesses
{
    public const int Stop = 19, Continue = 18, Kill = Linux.SIGKILL;

    /// <summary>The keepers; more than one only for a moment, or when the run directory of the first was removed. A keeper's child that
    /// has not executed its own program yet is none, though it looks like one.</summary>
    public static IReadOnlyList<int> Keepers(string state)
    {
        int[] found = [.. All().Where(pid => CommandLine(pid) is ["zoned", "keeper", string directory, ..] && directory == state)];
        return [.. found.Where(pid => !found.Contains(Parent(pid)))];
    }

    /// <summary>The only keeper.</summary>
    public static int Keeper(string state) => Assert.Single(Keepers(state));

    /// <summary>The keeper's spawner; 0 when there is none at the moment. A process 1 without an init looks just like it from outside,
    /// being a copy of it, but for its pid namespace.</summary>
    public static int Spawner(string state) => Keepers(state).SelectMany(Children).FirstOrDefault(pid =>
        CommandLine(pid) is ["zoned", "spawner", ..] && PidNamespace(pid) == PidNamespace(Environment.ProcessId));

    /// <summary>The keeper's spawner; waited for, since a new one may be on its way.</summary>
    public static async Task<int> SpawnerAsync(string state)
    {
        int spawner = 0;
        await Eventually.TrueAsync(() => (spawner = Spawner(state)) != 0, "waited in vain for a spawner");
        return spawner;
    }

    /// <summary>zoned's agents that are at work.</summary>
    public static IReadOnlyList<int> Agents(string state) => [.. All().Where(pid => CommandLine(pid) is ["zone", "--state", string directory, "agent", ..] && directory == state)];

    /// <summary>Children of a process, whatever their state.</summary>
    public static IReadOnlyList<int> Children(int pid) => [.. All().Where(child => Parent(child) == pid)];

    /// <summary>Children that are process 1 of a zone: the first of a pid namespace of their own.</summary>
    public static IReadOnlyList<int> ProcessOnes(int pid) => [.. Children(pid).Where(child => PidNamespace(child) is { } own && own != PidNamespace(Environment.ProcessId))];

    /// <summary>Children that have ended and that nobody has waited for.</summary>
    public static IReadOnlyList<int> Zombies(int pid) => [.. Children(pid).Where(child => Stat(child) is ["Z", ..])];

    public static void Signal(int pid, int signal) => Wire.Kernel.Call(Linux.Kill, pid, signal);

    /// <summary>Kills a process and waits until it is gone.</summary>
    public static async Task KillAsync(int pid)
    {
        Signal(pid, Kill);
        await Eventually.TrueAsync(() => !Lives(pid), $"waited in vain for the end of {pid}");
    }

    /// <summary>Whether it is there, and if a zombie then with threads that have not ended and hold its descriptors open.</summary>
    public static bool Lives(int pid) => Stat(pid) is { Length: > 17 } stat && (stat[0] is not ("Z" or "X") || stat[17] is not ("0" or "1"));

    /// <summary>Open descriptors of a process.</summary>
    public static int Descriptors(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    /// <summary>Memory that a process has alone, bytes (/proc/PID/smaps_rollup).</summary>
    public static long PrivateMemory(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);

    /// <summary>Processor time of a process so far, clock ticks.</summary>
    public static long Ticks(int pid) => Stat(pid) is { Length: > 12 } stat
        ? long.Parse(stat[11], CultureInfo.InvariantCulture) + long.Parse(stat[12], CultureInfo.InvariantCulture)
        : 0;

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
        .Where(pid => pid != 0);

    private static string? PidNamespace(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int Parent(int pid) => Stat(pid) is { Length: > 1 } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : -1;

    private static string[] CommandLine(int pid) => Read($"/proc/{pid}/cmdline").Split('\0');

    /// <summary>Fields of /proc/PID/stat from the third, the state, on (proc(5)); empty when the process is gone.</summary>
    private static string[] Stat(int pid)
    {
        string text = Read($"/proc/{pid}/stat");
        return text.Length == 0 ? [] : text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
