using Zones.Interop;
using Zones.Security;

namespace Zones.Boot;

/// <summary>All that a boot program is made from: the spec, and what the host has opened and decided for it.</summary>
internal sealed record BootPlan
{
    public required ZoneSpec Spec { get; init; }

    /// <summary>First of the zone's 65,536 ids outside; null without a user namespace.</summary>
    public uint? IdBase { get; init; }

    /// <summary>A detached mount: of the private root for sparse zones, of the directory that holds upper and work for whole ones.</summary>
    public required SafeFd Private { get; init; }

    /// <summary>What is shared read-only, and where in the zone; for whole roots one tree with the target <c>/</c>.</summary>
    public required IReadOnlyList<SharedTree> Shared { get; init; }

    /// <summary>The bind mounts of <see cref="ZoneSpec.Fs"/>, in its order; a null tree for the other types.</summary>
    public IReadOnlyList<SafeFd?> FsTrees { get; init; } = [];

    /// <summary>Indices of those whose tree is a file.</summary>
    public IReadOnlySet<int> FsFiles { get; init; } = new HashSet<int>();

    /// <summary>Nodes of /dev beyond the default ones.</summary>
    public IReadOnlyList<DeviceNode> Devices { get; init; } = [];

    public required ProcessConfinement Confinement { get; init; }

    /// <summary>The cgroup2 directory to be born into, and the <c>tasks</c> files of v1 hierarchies to join.</summary>
    public required SafeFd Cgroup { get; init; }

    public IReadOnlyList<SafeFd> CgroupTasks { get; init; } = [];

    /// <summary>Where init's standard output and error go.</summary>
    public required SafeFd Log { get; init; }

    /// <summary>The socket on which process 1 sends the other end of the terminal that it opens for a console; init then reads and prints there.
    /// Null for none.</summary>
    public SafeFd? Console { get; init; }

    /// <summary>Write end of the pipe that says how the start went.</summary>
    public required SafeFd Report { get; init; }

    /// <summary>The process whose end ends the zone; null for none.</summary>
    public SafeFd? Owner { get; init; }

    /// <summary>What is done for the network beyond the loopback link; null for nothing.</summary>
    public BootNetwork? Network { get; init; }

    public required long Generation { get; init; }

    /// <summary>Init with its arguments; null means process 1 alone.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Descriptors that the command, and nobody else in the zone, has under the numbers from <see cref="FirstPassed"/> on.</summary>
    public IReadOnlyList<SafeFd> Passed { get; init; } = [];

    /// <summary>Above all that a boot program works with.</summary>
    public const int FirstPassed = 200;

    public bool ReaperIsProcess1 { get; init; } = true;

    /// <summary>Whether the private root may be written whatever file-mac-profile says.</summary>
    public bool Writable { get; init; }

    /// <summary>Top-level directories that may be written where the rest of the root may not; null where all of it may.</summary>
    public IReadOnlyList<string>? WritableParts => Writable ? null : Spec.Root.FileMacProfile switch
    {
        FileMacProfile.Strict => [],
        FileMacProfile.FixedConfiguration => ["var"],
        FileMacProfile.FlexibleConfiguration => ["etc", "var"],
        _ => null,
    };
}

/// <summary>A detached mount and its place in the zone.</summary>
/// <param name="Tree">From open_tree(2).</param>
/// <param name="Target">Absolute path inside.</param>
/// <param name="CanIdmap">Whether its file system lets each zone have its own ids for the files.</param>
internal sealed record SharedTree(SafeFd Tree, string Target, bool CanIdmap = true);

/// <summary>What a process of a zone may do: the same for init and for commands.</summary>
/// <param name="Capabilities">Bit n: capability n is kept.</param>
/// <param name="Filter">struct sock_filter instructions; null for no filter.</param>
/// <param name="NoNewPrivs">PR_SET_NO_NEW_PRIVS.</param>
/// <param name="Limits">For prlimit64(2).</param>
internal sealed record ProcessConfinement(ulong Capabilities, byte[]? Filter, bool NoNewPrivs, IReadOnlyList<ProcessLimit> Limits);
