using Zones.Interop;

namespace Zones.Boot;

/// <summary>A link of a zone that has a kernel of its own, which has to configure it. On the host it is a port of its bridge like any zone's.</summary>
/// <param name="Name">The anet's <c>linkname</c>: its name inside.</param>
/// <param name="Host">The host's end.</param>
/// <param name="Bridge">What that is a port of.</param>
/// <param name="Mac">The address that the machine's network card has.</param>
internal sealed record BootLink(string Name, string Host, string Bridge, string Mac)
{
    /// <summary>Bytes; 0 for the kernel's own.</summary>
    public int Mtu { get; init; }

    /// <summary>What it is to be configured with, with the length of the prefix.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Default routers, one of each family at most.</summary>
    public IReadOnlyList<string> Routers { get; init; } = [];

    /// <summary>Whether its kernel asks for its first address of IPv4, and is answered.</summary>
    public bool Asks { get; init; }

    /// <summary>The machine's end, for who runs it: frames are read from it and written to it. When the last copy is closed the link is gone. Null where who
    /// runs the machine makes the link.</summary>
    public SafeFd? Frames { get; init; }
}
