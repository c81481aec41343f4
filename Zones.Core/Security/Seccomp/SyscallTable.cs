namespace Zones.Security;

/// <summary>The system calls of x86-64, up to kernel 6.18 (arch/x86/entry/syscalls/syscall_64.tbl). Numbers between the two runs
/// were never given out, and those above the second belong to kernels to come: both count as unknown.</summary>
internal static class SyscallTable
{
    private const int SecondRun = 424; // from here on a new call has the same number on every architecture

    private static readonly Dictionary<string, int> ByName = All().ToDictionary(call => call.Name, call => call.Number, StringComparer.Ordinal);

    /// <summary>The highest number that has a name.</summary>
    public static int Last => SecondRun + SyscallNames.Common.Length - 1;

    /// <summary>Every call with its number, in order.</summary>
    public static IEnumerable<(int Number, string Name)> All() =>
        [.. SyscallNames.Own.Select((name, index) => (index, name)), .. SyscallNames.Common.Select((name, index) => (SecondRun + index, name))];

    /// <summary>The number of a call; false for a name that x86-64 has not.</summary>
    /// <param name="name">As in syscalls(2), without <c>__NR_</c>.</param>
    /// <param name="number">The number.</param>
    public static bool TryNumber(string name, out int number) => ByName.TryGetValue(name, out number);
}
