using System.Runtime.InteropServices;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Netlink;

public class NetlinkSocketTests
{
    private const ushort NewLink = 16, GetLink = 18, Name = 3, Mtu = 4, LinkInfo = 18, InfoKind = 1;

    [Fact]
    public void A_batch_makes_what_it_says_in_the_namespace_of_its_socket()
    {
        using NetworkNamespace network = new();
        using NetlinkSocket socket = network.Open();
        NetlinkBatch batch = new();
        MakeBridge(batch, "br0");
        MakeBridge(batch, "br1");
        socket.Execute(batch);

        Assert.Equal(["lo", "br0", "br1"], Names(socket));
        Assert.Contains("br1", network.Run("ip", "-br", "link"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_failure_of_a_batch_is_told_with_its_label_and_the_kernels_words()
    {
        using NetworkNamespace network = new();
        using NetlinkSocket socket = network.Open();
        NetlinkBatch batch = new();
        MakeBridge(batch, "br0");
        MakeBridge(batch, "br1", mtu: 1_000_000);
        MakeBridge(batch, "br0");
        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.Execute(batch));

        Assert.Equal("make br1", e.Label);
        Assert.Equal(22, e.Errno);
        Assert.Equal("make br1: EINVAL (invalid argument): mtu greater than device maximum", e.Message);
        Assert.Equal(["lo", "br0"], Names(socket));
    }

    private static List<string> Names(NetlinkSocket socket)
    {
        NetlinkBatch request = new();
        request.Begin(GetLink, NetlinkFlags.Dump, "list the links");
        request.Struct(new LinkHeader());
        return socket.Dump<string>(request, static (message, rows) =>
        {
            NetlinkReader reader = message.Attributes<LinkHeader>();
            while (reader.Next())
            {
                if (reader.Type == Name)
                {
                    rows.Add(reader.Text());
                }
            }
        });
    }

    private static void MakeBridge(NetlinkBatch batch, string name, int mtu = 1500)
    {
        batch.Begin(NewLink, NetlinkFlags.CreateNew, $"make {name}");
        batch.Struct(new LinkHeader());
        batch.Attribute(Name, name);
        batch.Attribute(Mtu, mtu);
        using (batch.Nest(LinkInfo))
        {
            batch.Attribute(InfoKind, "bridge");
        }
    }

    /// <summary>struct ifinfomsg.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct LinkHeader;
}
