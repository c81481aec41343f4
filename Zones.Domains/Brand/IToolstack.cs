using Zones.Catalogue;
using Zones.Domains.Agent;
using Zones.Domains.Build;
using Zones.Domains.Microvm;
using Zones.Hosting;

namespace Zones.Domains.Brand;

/// <summary>What differs between the programs that run a domain.</summary>
internal interface IToolstack
{
    /// <summary>What leads from a bare kernel to an overlay over an NFSv3 root, and to its host: modules by name, in order.</summary>
    IReadOnlyList<string> Modules { get; }

    /// <summary>Looks whether it can run such a domain here.</summary>
    /// <param name="spec">Valid in itself.</param>
    /// <param name="kernel">What it is to boot; null when there is none, which has been said.</param>
    /// <param name="problems">What keeps it from that: a property that it cannot honour, too.</param>
    /// <param name="warnings">What a person should know.</param>
    void Check(ZoneSpec spec, KernelFiles? kernel, List<SpecProblem> problems, List<string> warnings);

    /// <summary>The native zone whose process 1 runs it.</summary>
    ZoneSpec Carrier(ZoneSpec spec);

    /// <summary>What the domain holds from boot to halt, beyond its links.</summary>
    IReadOnlyList<Resource> UpIntents(ZoneSpec spec);

    /// <summary>What the domain's process 1 has to be told beyond what every one is.</summary>
    void Tell(Resource resource, GuestSettings settings);

    /// <summary>What is appended to the carrier's init.</summary>
    IReadOnlyList<string> Arguments(ZoneBoot boot);

    /// <summary>Waits until the domain's init runs.</summary>
    /// <exception cref="ZoneException">It does not.</exception>
    void AwaitUp(ZoneBoot boot);

    /// <summary>What the domain's process 1 has said by now, line by line: see <see cref="GuestSettings"/>.</summary>
    string[] Status(ZoneRow row);

    /// <summary>How a domain ended whose process 1 has not told.</summary>
    ExitStatus EndUntold(ZoneRow row);

    /// <summary>A connection to its agent.</summary>
    /// <exception cref="ZoneException">It does not answer.</exception>
    AgentConnection Connect(RunningZone zone);

    /// <summary>Tells the kernel that its power button was pressed.</summary>
    void PressPowerButton(RunningZone zone);

    /// <summary>What the machine says of itself; null when it does not answer.</summary>
    MachineUsage? Machine(ZoneRow row);
}
