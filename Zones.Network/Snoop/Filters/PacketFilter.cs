using System.Net;
using System.Net.Sockets;

namespace Zones.Network.Snoop.Filters;

/// <summary>A filter expression in the language of pcap-filter(7) and snoop(1M): <c>host</c>, <c>net</c>, <c>port</c>, <c>portrange</c> with <c>src</c> and
/// <c>dst</c> (or <c>from</c> and <c>to</c>), <c>ether host</c>, <c>arp</c>, <c>rarp</c>, <c>ip</c>, <c>ip6</c>, <c>tcp</c>, <c>udp</c>, <c>sctp</c>, <c>icmp</c>, <c>icmp6</c>,
/// <c>proto</c>, <c>vlan [N]</c>, <c>rpc PROGRAM[,VERSION[,PROCEDURE]]</c>, <c>nfs</c> (<c>rpc nfs</c>), <c>greater N</c>, <c>less N</c>, <c>broadcast</c>, <c>multicast</c>, joined by
/// <c>and</c>, <c>or</c>, <c>not</c> and parentheses.
/// <para>Differing from pcap-filter: a tagged frame is what its inner header says (<c>ip</c> matches IP over a VLAN) and <c>vlan</c> shifts nothing,
/// as in snoop; so a capture and the file made of it answer alike.</para></summary>
public sealed class PacketFilter
{
    private readonly FilterNode _root;

    private PacketFilter(string text, FilterNode root) => (Text, _root) = (text, root);

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Whether the kernel's program lets through just what is wanted: RPC it cannot tell.</summary>
    internal bool IsExactInKernel => !_root.Has<Rpc>(_ => true);

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="names">The addresses of a host's name, none when it is not known; null asks the system's resolver.</param>
    /// <exception cref="FilterException">It is wrong; says in which column and what was meant perhaps.</exception>
    public static PacketFilter Parse(string text, Func<string, IReadOnlyList<IPAddress>>? names = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new PacketFilter(text, FilterParser.Parse(text, names ?? Resolve));
    }

    /// <summary>What answers the filter for the packets of one source.</summary>
    public FilterMatcher CreateMatcher() => new(_root);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The program for files of a link type; of RPC it lets all through that may be.</summary>
    /// <exception cref="ZoneException">It is longer than the kernel takes.</exception>
    internal byte[] Compile(LinkType type, uint keep) => new FilterCompiler(Widened).Compile(type, keep);

    /// <summary>The program for a packet socket of a link, or of all (null).</summary>
    /// <exception cref="ZoneException">It is longer than the kernel takes.</exception>
    internal byte[] CompileForSocket(LinkType? type, uint keep) => new FilterCompiler(Widened).CompileForSocket(type, keep);

    // Whoever is to recognise a reply must have seen its call, which the rest of the filter may not want.
    private FilterNode Widened => IsExactInKernel ? _root : Bound(_root, true) | Terms.PerhapsRpc;

    /// <summary>The filter with each RPC condition replaced, so that nothing that is wanted is lost: by what may hold, or under a negation by what must.</summary>
    private static FilterNode Bound(FilterNode node, bool upper) => node switch
    {
        AllOf(FilterNode left, FilterNode right) => Bound(left, upper) & Bound(right, upper),
        AnyOf(FilterNode left, FilterNode right) => Bound(left, upper) | Bound(right, upper),
        Negation(FilterNode inner) => !Bound(inner, !upper),
        Rpc => upper ? Terms.PerhapsRpc : new Constant(false),
        _ => node,
    };

    /// <summary>What the system's resolver says.</summary>
    internal static IReadOnlyList<IPAddress> Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
