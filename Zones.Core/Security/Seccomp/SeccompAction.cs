namespace Zones.Security;

/// <summary>What the kernel does with a call: the value that a filter returns (seccomp(2), linux/seccomp.h).</summary>
/// <param name="Value">SECCOMP_RET_*, with the errno in the low 16 bits.</param>
internal readonly record struct SeccompAction(uint Value)
{
    /// <summary>The greatest errno that a filter may answer with (MAX_ERRNO).</summary>
    public const int MaxErrno = 4095;

    private const uint RetErrno = 0x0005_0000;

    /// <summary>The call is made.</summary>
    public static SeccompAction Allow => new(0x7fff_0000);

    /// <summary>The call is made, and the host's audit log tells.</summary>
    public static SeccompAction Log => new(0x7ffc_0000);

    /// <summary>SIGSYS to the calling thread.</summary>
    public static SeccompAction Trap => new(0x0003_0000);

    /// <summary>The whole process ends as by SIGSYS.</summary>
    public static SeccompAction KillProcess => new(0x8000_0000);

    /// <summary>The calling thread ends as by SIGSYS; rarely wise, the others go on without it.</summary>
    public static SeccompAction KillThread => new(0);

    /// <summary>The call is not made and fails.</summary>
    /// <param name="errno">0 to <see cref="MaxErrno"/>; 0 pretends success.</param>
    public static SeccompAction Errno(int errno) => new(RetErrno | (uint)errno);
}
