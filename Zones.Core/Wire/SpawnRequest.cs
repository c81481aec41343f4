using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>What a manager sends to the spawner in one SOCK_SEQPACKET message, followed by the outside steps, the inside
/// steps, the relocations (4 bytes each: blob offsets that hold blob offsets to be turned into addresses) and the blob.
/// The descriptors sent with it become registers 0, 1, …; those named here by index have a meaning to the spawner.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SpawnRequest
{
    public const uint CurrentMagic = 0x5A4F4E32;

    /// <summary>The most bytes of a message, and the most descriptors sent with one (the kernel's SCM_MAX_FD is 253).</summary>
    public const int MaxBytes = 1 << 20;
    public const int MaxDescriptors = 64;

    /// <summary>Registers of a program. Those from <see cref="FirstResult"/> on are free for results.</summary>
    public const int RegisterCount = 96;
    public const int FirstResult = MaxDescriptors;

    public uint Magic;
    public ChildKind Kind;

    /// <summary>Flags of clone3(2); CLONE_PIDFD, CLONE_PARENT and CLONE_INTO_CGROUP are added by the spawner.</summary>
    public ulong CloneFlags;

    /// <summary>The zone's boot number.</summary>
    public long Generation;

    /// <summary>Counts of what follows.</summary>
    public int OutsideSteps;
    public int InsideSteps;
    public int Relocations;
    public int BlobLength;

    /// <summary>Registers of descriptors, -1 for none: the cgroup to be born into; the process whose pid namespace to be
    /// born into; the pipe on which the child reports failure and, by closing it, success; the pipe on which the keeper
    /// writes the wait status; the process whose end ends the zone.</summary>
    public int CgroupRegister = -1;
    public int PidNamespaceRegister = -1;
    public int ReportRegister = -1;
    public int ExitRegister = -1;
    public int OwnerRegister = -1;

    public ZoneName Zone;

    public SpawnRequest()
    {
    }
}

/// <summary>What a child is to the keeper.</summary>
internal enum ChildKind : uint
{
    /// <summary>Process 1 of a zone: watched by name.</summary>
    Zone = 1,

    /// <summary>A command inside a zone: its status goes to the exit pipe.</summary>
    Command = 2,
}

/// <summary>The spawner's answer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SpawnReply
{
    /// <summary><see cref="Step"/> when no child could be made, when the request itself was refused, and when the spawner could not
    /// leave the host's mounts, without which it makes no child at all.</summary>
    public const int NotCloned = -1, NotUnderstood = -2, NoNamespace = -3;

    /// <summary>0, or the error number of what failed outside the child.</summary>
    public int Errno;

    /// <summary>The outside step that failed, or one of the above.</summary>
    public int Step;

    /// <summary>The child, in the spawner's pid namespace.</summary>
    public int Pid;

    /// <summary>Of a <see cref="StepOp.Netlink"/> that failed, the message.</summary>
    public int Message;

    /// <summary>Its start time in clock ticks since boot (field 22 of /proc/PID/stat).</summary>
    public long StartTicks;
}

/// <summary>What a child writes to its report pipe when an inside step fails.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChildReport
{
    public int Step;
    public int Errno;

    /// <summary>Of a <see cref="StepOp.Netlink"/> that failed, the message.</summary>
    public int Message;
}
