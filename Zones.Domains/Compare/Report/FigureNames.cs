namespace Zones.Domains.Compare;

/// <summary>What is measured. Each figure stands here once, with how it is taken.</summary>
internal static class FigureNames
{
    public const string FirstInstruction = "boot.first-instruction", FirstAnswer = "boot.first-answer",
        IdlePss = "memory.idle.pss", IdleKernel = "memory.idle.kernel", IdleMachine = "memory.idle.machine",
        LoadedPss = "memory.loaded.pss", LoadedKernel = "memory.loaded.kernel", LoadedMachine = "memory.loaded.machine", Shared = "memory.shared",
        Disk = "disk.instance", SystemCall = "syscall", ForkExec = "fork-exec", FirstFiles = "files.first", Stat = "files.stat", Read = "files.read",
        Latency = "tcp.latency", Throughput = "tcp.throughput", Cpu = "cpu", Fit = "fit", Move = "move", RunPrefix = "run.";

    /// <summary>All of them, without values, in the order of a report.</summary>
    /// <param name="runs">Commands of the user's that are timed.</param>
    public static IReadOnlyList<Figure> All(IEnumerable<WorkloadRun> runs) =>
    [
        Make(FirstInstruction, "boot", "boot to the first instruction", "s", "from the call that boots until the kernel has been told to execute init (execve); of a zone and a domain with its commit to the catalogue, of a process with the program that binds the root for it"),
        Make(FirstAnswer, "boot", "boot to the workload's first answer", "s", "from the same call until the workload has answered"),
        Size(IdlePss, "memory", "memory of processes, idle", "proportional set size (smaps_rollup) of all processes of the instance, right after the first answer; of a domain under QEMU, QEMU's, which holds the domain's whole memory"),
        Size(IdleKernel, "memory", "memory of the kernel, idle", "what the host's kernel holds for it, as its memory cgroup counts"),
        Size(IdleMachine, "memory", "resident memory of the machine, idle", "resident set size of QEMU; under Xen the memory that the domain was given"),
        Size(LoadedPss, "memory", "memory of processes, loaded", "the same while a process inside holds 32 MiB and has read the files of the root"),
        Size(LoadedKernel, "memory", "memory of the kernel, loaded", "the same, loaded"),
        Size(LoadedMachine, "memory", "resident memory of the machine, loaded", "the same, loaded"),
        Size(Shared, "memory", "memory that all instances share", "proportional set size of zoned, and of the root's NFS server where there is one: once, however many instances there are"),
        Size(Disk, "disk", "disk of an instance", "blocks of its private files after a boot; what several instances have in common, such as a kernel, is left out"),
        Make(SystemCall, "work", "a system call", "s", "getppid(2) in a loop"),
        Make(ForkExec, "work", "fork, exec and exit", "s", "fork(2), execve(2) of the smallest program, wait(2)"),
        Make(FirstFiles, "work", "a file read for the first time", "s", "opening, reading and closing up to 400 files below /usr/share of the root, once, the first time in a boot: from the host's page cache, and for a domain over NFS"),
        Make(Stat, "work", "a file looked up again", "s", "stat(2) of the same files, again and again"),
        Make(Read, "work", "files read again", "B/s", "opening, reading and closing the same files, again and again", higher: true),
        Make(Latency, "work", "TCP there and back", "s", "a byte to a server on the host and back, through the instance's link; of a process over the loopback"),
        Make(Throughput, "work", "TCP throughput", "B/s", "blocks of 64 KiB to that server, in one direction", higher: true),
        Make(Cpu, "work", "arithmetic", "B/s", "FNV-1a over 16 KiB, again and again", higher: true),
        .. runs.Select(run => Make(RunPrefix + run.Name, "work", run.Name, "s", string.Join(' ', run.Command))),
        new(Fit, "many", "instances that fit the memory", "", HigherIsBetter: true, CpuBound: false, "the memory by what one idle instance has for itself alone, private dirty pages and the kernel's; computed, not tried", Empty),
        Make(Move, "many", "moving instances to another root", "s", "all instances at once: halted, root.source changed by one apply, booted again. A change of root makes private files anew (uninstall, install), since patch levels of images are not part of this version"),
    ];

    private static IReadOnlyDictionary<string, Measured> Empty { get; } = new Dictionary<string, Measured>();

    private static Figure Make(string name, string group, string title, string unit, string means, bool higher = false) => new(name, group, title, unit, higher, CpuBound: true, means, Empty);

    private static Figure Size(string name, string group, string title, string means) => new(name, group, title, "B", HigherIsBetter: false, CpuBound: false, means, Empty);
}
