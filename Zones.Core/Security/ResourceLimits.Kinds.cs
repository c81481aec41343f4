namespace Zones.Security;

/// <content>What there is to limit (asm-generic/resource.h), and what a zone has when nobody says anything.</content>
internal static partial class ResourceLimits
{
    private const int Memlock = 8;

    private static readonly LimitKind[] Kinds =
    [
        new("cpu", 0, LimitUnit.Count, "seconds"),
        new("fsize", 1, LimitUnit.Bytes, "bytes"),
        new("data", 2, LimitUnit.Bytes, "bytes"),
        new("stack", 3, LimitUnit.Bytes, "bytes"),
        new("core", 4, LimitUnit.Bytes, "bytes"),
        new("nproc", 6, LimitUnit.Count, "processes of one user"),
        new("nofile", 7, LimitUnit.Count, "files"),
        new("memlock", Memlock, LimitUnit.Bytes, "bytes"),
        new("as", 9, LimitUnit.Bytes, "bytes"),
        new("sigpending", 11, LimitUnit.Count, "signals"),
        new("msgqueue", 12, LimitUnit.Bytes, "bytes"),
        new("nice", 13, LimitUnit.Count, "20 less the nice value", 40),
        new("rtprio", 14, LimitUnit.Count, "real-time priority", 99),
        new("rttime", 15, LimitUnit.Count, "microseconds"),
    ];

    /// <summary>The kernel's own defaults (asm-generic/resource.h), but: nofile 1024:524288, which is what systemd gives a service
    /// (select(2) breaks above 1,024; a program that uses no select raises it itself), and core 0:unlimited, so that no core is
    /// written unless asked for. nproc and sigpending depend on the machine's memory: they stay what the host's kernel chose, and
    /// max-processes is what caps a zone.</summary>
    private static readonly ProcessLimit[] Defaults =
    [
        new(0, Unlimited, Unlimited), // cpu
        new(1, Unlimited, Unlimited), // fsize
        new(2, Unlimited, Unlimited), // data
        new(3, 8 << 20, Unlimited), // stack
        new(4, 0, Unlimited), // core
        new(7, 1024, 524_288), // nofile
        new(Memlock, 8 << 20, 8 << 20), // memlock: from kernel 5.16
        new(9, Unlimited, Unlimited), // as
        new(12, 819_200, 819_200), // msgqueue
        new(13, 0, 0), // nice
        new(14, 0, 0), // rtprio
        new(15, Unlimited, Unlimited), // rttime
    ];
}
