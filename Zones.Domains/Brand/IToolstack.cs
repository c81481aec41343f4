using Zones.Catalogue;
using Zones.Domains.Agent;
using Zones.Domains.Build;
using Zones.Hosting;

namespace Zones.Domains.Brand;

/// <summary>What differs between the programs that run a domain.</summary>
internal interface IToolstack
{
    /// <summary>What leads from a bare kernel to an overlay over an NFSv3 root, and to its host: modules by name, in order.</summary>
    IReadOnlyList<string> Modules { get; }

    /// <summary>Whether the host's ends of its links come with the domain: see <see cref="Resources.IBrandProvider.BringsLinks"/>.</summary>
    bool BringsLinks { get; }

    /// <summary>The domain's port of TCP at which its agent answers; 0 where it is reached otherwise.</summary>
    int AgentPort { get; }

    /// <summary>Looks whether it can run such a domain here.</summary>
    /// <param name="spec">Valid in itself.</param>
    /// <param name="kernel">What it is to boot; null when there is none, which has been said.</param>
    /// <param name="problems">What keeps it from that: a property that it cannot honour, too.</param>
    /// <param name="warnings">What a person should know.</param>
    void Check(ZoneSpec spec, KernelFiles? kernel, List<SpecProblem> problems, List<string> warnings);

    /// <summary>The native zone whose process 1 runs it.</summary>
    ZoneSpec Carrier(ZoneSpec spec);

    /// <summary>What the domain holds from boot to halt, behind its links.</summary>
    IReadOnlyList<Resource> UpIntents(ZoneSpec spec);

    /// <summary>What the domain's process 1 has to be told beyond what every one is.</summary>
    /// <param name="resource">The row of what it boots from.</param>
    /// <param name="settings">Told to it.</param>
    void Tell(Resource resource, GuestSettings settings);

    /// <summary>What is appended to the carrier's init.</summary>
    IReadOnlyList<string> Arguments(ZoneBoot boot);

    /// <summary>Waits until the domain's init runs.</summary>
    /// <exception cref="ZoneException">It does not.</exception>
    void AwaitUp(ZoneBoot boot);

    /// <summary>What the domain's process 1 has said by now, line by line: see <see cref="GuestSettings"/>.</summary>
    string[] Status(ZoneRow row);

    /// <summary>How an ended domain ended whose process 1 has not said so.</summary>
    ExitStatus WhyEnded(ZoneRow row);

    /// <summary>What its machine tells of itself; null when it tells nothing.</summary>
    MachineUsage? Machine(ZoneRow row);

    /// <summary>Asks its kernel to end; nothing where that cannot be asked.</summary>
    void PressPower(RunningZone zone);

    /// <summary>A connection to its agent.</summary>
    /// <exception cref="ZoneException">It does not answer.</exception>
    AgentConnection Connect(RunningZone zone);
}
