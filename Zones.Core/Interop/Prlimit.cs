using System.Runtime.InteropServices;

namespace Zones.Interop;

/// <content>prlimit(2).</content>
internal static partial class Libc
{
    /// <summary>Reads or sets a resource limit of a process.</summary>
    /// <param name="pid">0 is the caller.</param>
    /// <param name="resource">RLIMIT_ number.</param>
    /// <param name="newLimit">Null to leave it.</param>
    /// <param name="oldLimit">Where the limit before is stored, or null.</param>
    /// <returns>0, or -1 with errno.</returns>
    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    public static unsafe partial int Prlimit(int pid, int resource, ResourceLimit* newLimit, ResourceLimit* oldLimit);

    /// <summary>struct rlimit.</summary>
    public struct ResourceLimit
    {
        /// <summary>The limit in force; all bits set for none.</summary>
        public ulong Soft;

        /// <summary>The most that it may be raised to.</summary>
        public ulong Hard;
    }
}
