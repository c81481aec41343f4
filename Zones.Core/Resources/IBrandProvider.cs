using Zones.Hosting;

namespace Zones.Resources;

/// <summary>A brand whose zones do not run on the host's kernel. Such a zone is carried by a native one, whose process 1 is what runs
/// the zone's kernel; so cgroups, confinement, ledger, keeper, exit record and log are those of every zone.</summary>
internal interface IBrandProvider
{
    /// <summary>The brand.</summary>
    ZoneBrand Brand { get; }

    /// <summary>Looks whether such a zone could be booted here, without making anything.</summary>
    /// <param name="spec">Valid in itself.</param>
    /// <param name="problems">What keeps it from that: a property that the brand cannot honour, too.</param>
    /// <param name="warnings">What a person should know.</param>
    void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings);

    /// <summary>The native zone that carries it, of the same name and zonepath; its init does not depend on the boot.</summary>
    /// <param name="spec">Verified.</param>
    ZoneSpec Carrier(ZoneSpec spec);

    /// <summary>What the zone holds from ready to halt, before its cgroup; the generation is the caller's to fill in.</summary>
    /// <param name="spec">Verified.</param>
    IReadOnlyList<Resource> Intents(ZoneSpec spec);

    /// <summary>What it holds from boot to halt, behind its links and before its processes; the generation is the caller's to fill in.</summary>
    /// <param name="spec">Verified.</param>
    IReadOnlyList<Resource> UpIntents(ZoneSpec spec);

    /// <summary>Whether the host's ends of its links come with what runs the zone's kernel, and are joined to their bridges when they are there; else each is made before.</summary>
    /// <param name="spec">The definition.</param>
    bool BringsLinks(ZoneSpec spec);

    /// <summary>All that the zone holds is made but its processes: makes what depends on that, and says what is appended to the carrier's init.</summary>
    /// <param name="boot">The boot, with the zone's links.</param>
    IReadOnlyList<string> Arguments(ZoneBoot boot);

    /// <summary>Where the zone's kernel mounts its root from over a link of its own; null when it does not. What it holds from ready on is held.</summary>
    /// <param name="spec">The definition.</param>
    NetworkRoot? RootOver(ZoneSpec spec);

    /// <summary>Process 1 of the carrier runs: waits until the zone's own init does.</summary>
    /// <param name="boot">The boot.</param>
    /// <exception cref="ZoneException">It does not within a bound, or has failed.</exception>
    void AwaitUp(ZoneBoot boot);

    /// <summary>Asks the zone's init to end; nothing when nobody answers.</summary>
    /// <param name="zone">The zone.</param>
    void Shutdown(RunningZone zone);

    /// <summary>What the zone's machine says of itself; null when it does not answer.</summary>
    /// <param name="row">The zone, which is up.</param>
    MachineUsage? Machine(Catalogue.ZoneRow row);

    /// <summary>How the zone ended.</summary>
    /// <param name="row">The zone.</param>
    /// <param name="carrier">How process 1 of its carrier ended.</param>
    ExitStatus Ended(Catalogue.ZoneRow row, ExitStatus carrier);

    /// <summary>Starts a command inside; returns when it has been executed.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="request">What to run.</param>
    /// <exception cref="ZoneException"><see cref="ZoneException.Operation"/> is <c>execute</c> when the program could not be.</exception>
    RunningCommand Start(RunningZone zone, ExecRequest request);
}

/// <summary>An export of a root.</summary>
/// <param name="Server">Where the server listens.</param>
/// <param name="Path">The export, as MOUNT knows it.</param>
internal sealed record NetworkRoot(System.Net.IPEndPoint Server, string Path)
{
    /// <summary>The zone's port of TCP at which its agent answers the server's address; 0 where the host reaches it otherwise.</summary>
    public int AgentPort { get; init; }

    /// <summary>The port at the server's address from which the zone has files of its own, which are nobody else's; 0 for none.</summary>
    public int PrivatePort { get; init; }
}
