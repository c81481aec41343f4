using System.Globalization;

namespace Zones.Wire;

/// <summary>STATE/run/NAME.server: PID START-TIME BOOT-ID NUMBER…, who serves under a name and under which numbers it has its descriptors. A keeper that
/// was killed held them too; its successor gets them back from there.</summary>
internal static class ServerFile
{
    public static string PathOf(string runDirectory, string name) => Path.Combine(runDirectory, name + ".server");

    /// <summary>This process serves. Written whole or not at all.</summary>
    /// <param name="runDirectory">STATE/run.</param>
    /// <param name="name">The server's name.</param>
    /// <param name="descriptors">Their numbers, in the order in which the keeper was given them.</param>
    public static void Write(string runDirectory, string name, IReadOnlyList<int> descriptors)
    {
        string path = PathOf(runDirectory, name);
        int pid = Environment.ProcessId;
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{pid} {ProcFiles.StartTicks(pid)} {boot} {string.Join(' ', descriptors)}\n"));
        File.Move(path + ".new", path, overwrite: true);
    }
}
