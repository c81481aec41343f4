namespace Zones.Benchmarks;

/// <summary>floor.c.</summary>
/// <param name="program">The compiled floor.c.</param>
/// <param name="root">The private part of its root, made if need be.</param>
/// <param name="hierarchies">Version 1 hierarchies to join, by their names below /sys/fs/cgroup.</param>
internal sealed class Floor(string program, string root, params string[] hierarchies)
    : TurnTaker(program, [.. hierarchies.Length > 0 ? (string[])["-j", string.Join(',', hierarchies)] : [], "0", "0", root, "/bin/true"])
{
    /// <summary>Boots once; milliseconds to the first instruction.</summary>
    public Task<double> BootAsync() => RunAsync();
}
