using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>Who a call acts as, in ids on disk.</summary>
/// <param name="Uid">User.</param>
/// <param name="Gid">Group.</param>
/// <param name="Groups">Further groups.</param>
internal sealed record FsIdentity(uint Uid, uint Gid, uint[] Groups)
{
    private static readonly FsIdentity s_unknown = new(uint.MaxValue, uint.MaxValue, []);

    [ThreadStatic]
    private static FsIdentity? s_current;

    /// <summary>The server itself, as the process was when the first call came: who may resolve handles.</summary>
    public static FsIdentity Server { get; } = OfProcess();

    /// <summary>From here on the kernel takes what this thread does with files as done by this identity. It stays so until the next call:
    /// for threads that do nothing but serve calls.</summary>
    /// <exception cref="ZoneException">The process may not.</exception>
    public unsafe void Assume()
    {
        FsIdentity current = s_current ?? Server;

        // Root's further groups allow it nothing that it may not anyway.
        bool bothRoot = Uid == 0 && current.Uid == 0 && Gid == current.Gid;
        if (ReferenceEquals(current, this) || bothRoot || Equals(current))
        {
            return;
        }

        // The kernel calls themselves, not libc's, which would tell every other thread.
        s_current = s_unknown;
        fixed (uint* groups = Groups)
        {
            Check(Kernel.Call(Linux.Setgroups, Groups.Length, (long)groups));
        }

        Kernel.Call(Linux.Setfsgid, Gid);
        Kernel.Call(Linux.Setfsuid, Uid);

        // These two report no failure; asking with an impossible id changes nothing and tells what is in force.
        Check((uint)Kernel.Call(Linux.Setfsgid, -1) == Gid && (uint)Kernel.Call(Linux.Setfsuid, -1) == Uid ? 0 : -Linux.EPERM);
        s_current = this;
    }

    /// <summary>Value equality: the groups count one by one.</summary>
    public bool Equals(FsIdentity? other) =>
        other is not null && Uid == other.Uid && Gid == other.Gid && Groups.AsSpan().SequenceEqual(other.Groups);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Uid, Gid, Groups.Length);

    private static unsafe FsIdentity OfProcess()
    {
        uint[] groups = new uint[Math.Max(0, Kernel.Call(Linux.Getgroups, 0))];
        fixed (uint* to = groups)
        {
            Kernel.Call(Linux.Getgroups, groups.Length, (long)to);
        }

        return new FsIdentity((uint)Kernel.Call(Linux.Geteuid), (uint)Kernel.Call(Linux.Getegid), groups);
    }

    private void Check(long result)
    {
        if (result < 0)
        {
            throw new ZoneException($"cannot act as user {Uid}, group {Gid}: {Interop.KernelError.Describe((int)-result)}; the server needs root's capabilities") { Errno = (int)-result };
        }
    }
}
