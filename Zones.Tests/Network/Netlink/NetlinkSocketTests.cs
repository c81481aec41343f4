using System.Runtime.InteropServices;
using System.Text.Json;
using Zones.Interop;
using Zones.Network;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;
using Zones.Wire;

namespace Zones.Tests.Network.Netlink;

public sealed class NetlinkSocketTests : IDisposable
{
    private readonly NetworkNamespace _network = new();
    private readonly NetlinkSocket _socket;

    public NetlinkSocketTests() => _socket = _network.Open();

    public void Dispose()
    {
        _socket.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void A_batch_is_carried_out_in_the_namespace_of_its_socket()
    {
        NetlinkBatch batch = new();
        batch.MakeBridge(new("zt-here"), new(), "make the bridge");
        _socket.Execute(batch);

        Assert.Contains("zt-here", _network.Run("ip", "-br", "link"), StringComparison.Ordinal);
        using NetlinkSocket host = NetlinkSocket.Open(NetlinkProtocol.Route);
        Assert.Null(host.Link("zt-here"));
    }

    [Fact]
    public void A_batch_of_nothing_does_nothing() => _socket.Execute(new());

    [Fact]
    public void The_first_failure_of_a_batch_is_told_with_its_label_and_the_kernels_words()
    {
        NetlinkBatch batch = new();
        batch.MakeBridge(new("br0"), new(), "make br0");
        batch.MakeBridge(new("br1") { Mtu = 1_000_000 }, new(), "make br1");
        batch.MakeBridge(new("br0"), new(), "make br0 again");
        batch.MakeBridge(new("br2"), new(), "make br2");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(batch));

        Assert.Equal("make br1", e.Label);
        Assert.Equal(22, e.Errno);
        Assert.Equal("mtu greater than device maximum", e.Reason);
        Assert.Equal("make br1: EINVAL (invalid argument): mtu greater than device maximum", e.Message);
        Assert.False(e.IsTransient);
        Assert.Equal(["lo", "br0", "br2"], _socket.Links().Select(link => link.Name));
    }

    [Fact]
    public void An_attribute_that_the_kernel_objects_to_is_named()
    {
        const ushort newLink = 16, address = 1, name = 3;
        NetlinkBatch batch = new();
        batch.MakeBridge(new("br0"), new(), "make br0");
        batch.Begin(newLink, NetlinkFlags.CreateNew, "make a link");
        batch.Struct(new LinkHeader());
        batch.Attribute(address, [1, 2, 3, 4, 5, 6]);
        batch.Attribute(name, "a-name-of-16-byt");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(batch));

        Assert.Equal(name, e.AttributeType);
        Assert.Equal(44, e.AttributeOffset);
        Assert.EndsWith("; see attribute 3 at byte 44 of the request", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_after_one_that_failed_gets_its_own_answer()
    {
        NetlinkBatch bad = new();
        for (int i = 0; i < 10; i++)
        {
            bad.RemoveLink(1000 + i, $"remove link {1000 + i}");
        }

        Assert.Equal("remove link 1000", Assert.Throws<NetlinkException>(() => _socket.Execute(bad)).Label);
        NetlinkBatch good = new();
        good.MakeBridge(new("br0"), new(), "make br0");
        _socket.Execute(good);
        Assert.Equal(2, _socket.Links().Count);
    }

    [Fact]
    public void Thousands_of_links_are_made_and_listed()
    {
        const int count = 2000;
        NetlinkBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.MakeIfb(new($"ifb{i}") { Index = 1000 + i }, $"make ifb{i}");
            batch.SetAlias(1000 + i, $"zone z{i} net0 0123456789abcdef", $"set the alias of ifb{i}");
        }

        _socket.Execute(batch);
        List<Link> links = _socket.Links();
        Assert.Equal(Enumerable.Range(0, count).Select(i => (1000 + i, $"ifb{i}", "ifb", $"zone z{i} net0 0123456789abcdef")),
            links.Where(link => link.Index >= 1000).OrderBy(link => link.Index).Select(link => (link.Index, link.Name, link.Kind!, link.Alias!)));
        Assert.Equal(
            JsonDocument.Parse(_network.Run("ip", "-j", "link")).RootElement.EnumerateArray().Select(link => link.GetProperty("ifname").GetString()).ToHashSet(),
            links.Select(link => (string?)link.Name).ToHashSet());
    }

    [Fact]
    public async Task A_dump_that_links_come_and_go_under_misses_none_that_stay()
    {
        const int count = 300;
        NetlinkBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.MakeIfb(new($"ifb{i}"), $"make ifb{i}");
        }

        _socket.Execute(batch);
        using CancellationTokenSource stop = new();
        Task<int> changing = Task.Run(() => ComeAndGo(stop.Token));
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(count, _socket.Links().Count(link => link.Name.StartsWith("ifb", StringComparison.Ordinal)));
        }

        await stop.CancelAsync();
        Assert.True(await changing > 0);
    }

    [Fact]
    public void A_dump_that_is_interrupted_is_started_over()
    {
        Fill(400);
        using NetlinkSocket other = _network.Open();
        int seen = 0;
        List<Link> links = Interrupted(_ =>
        {
            // The first datagram of the first attempt is read; the kernel goes on with a list that is no longer the same.
            if (seen++ == 0)
            {
                NetlinkBatch change = new();
                change.MakeIfb(new("late"), "make late");
                other.Execute(change);
            }
        });

        Assert.Equal(402, links.Count);
        Assert.Equal(links.Count, links.DistinctBy(link => link.Index).Count());
        Assert.Contains(links, link => link.Name == "late");
        Assert.True(seen > 402, $"read {seen} rows, so nothing was read again");
    }

    [Fact]
    public void A_dump_that_never_stands_still_fails_in_the_end()
    {
        Fill(100);
        using NetlinkSocket other = _network.Open();
        const int loopback = 1; // always the first
        int attempts = 0;
        NetlinkException e = Assert.Throws<NetlinkException>(() => Interrupted(link =>
        {
            if (link == loopback)
            {
                NetlinkBatch change = new();
                change.MakeIfb(new($"late{attempts++}"), "make it");
                other.Execute(change);
            }
        }));
        Assert.True(e.IsTransient);
        Assert.EndsWith("(resource temporarily unavailable): it changed in the middle of each of 100 readings", e.Message, StringComparison.Ordinal);
        Assert.Equal(201, _socket.Links().Count);
    }

    [Fact]
    public void An_answer_longer_than_there_is_room_for_is_asked_for_again()
    {
        Fill(100);
        using NetlinkSocket small = NetlinkSocket.Open(NetlinkProtocol.Route, _network.Descriptor, datagramBytes: 512);
        Assert.Equal(_socket.Links().Select(link => link.Name), small.Links().Select(link => link.Name));
    }

    [Fact]
    public unsafe void Answers_that_are_lost_are_not_taken_for_success()
    {
        const int soRcvbuf = 8, enobufs = 105;
        int least = 1;
        using NetlinkSocket small = _network.Open();
        Assert.Equal(0, Kernel.Call(Linux.Setsockopt, small.Descriptor.Number, Linux.SOL_SOCKET, soRcvbuf, (long)&least, sizeof(int)));
        NetlinkBatch batch = new();
        for (int i = 0; i < 50; i++)
        {
            batch.SetMtu(1, 1500 + i, $"set the mtu to {1500 + i}");
        }

        NetlinkException e = Assert.Throws<NetlinkException>(() => small.Execute(batch));
        Assert.Equal(enobufs, e.Errno);
        Assert.EndsWith("its answers were lost, so it is not known what was done", e.Message, StringComparison.Ordinal);
        NetlinkBatch one = new();
        one.SetMtu(1, 1400, "set the mtu");
        small.Execute(one);
        Assert.Equal(1400, _socket.Link(1)!.Mtu);
        Assert.Contains("some of the answer was lost", Assert.Throws<NetlinkException>(() => small.Link(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_may_not_change_anything_says_so()
    {
        NetlinkBatch batch = new();
        batch.SetMtu(1, 1500, "set the mtu");
        NetlinkException e = _network.Inside(() =>
        {
            using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
            DropCapabilities();
            return Assert.Throws<NetlinkException>(() => socket.Execute(batch));
        });
        Assert.Equal("set the mtu: EPERM (operation not permitted)", e.Message);
    }

    [Fact]
    public void A_namespace_that_is_none_is_refused()
    {
        using SafeFd file = Kernel.Open("/dev/null", Linux.O_RDONLY, out _)!;
        ZoneException e = Assert.Throws<ZoneException>(() => NetlinkSocket.Open(NetlinkProtocol.Route, file));
        Assert.Equal("cannot enter a network namespace: EINVAL (invalid argument)", e.Message);
    }

    [Fact]
    public void A_netfilter_batch_is_all_or_nothing_and_its_begin_and_end_are_not_answered()
    {
        using NetlinkSocket socket = _network.Open(NetlinkProtocol.Netfilter);
        socket.Execute(Tables("one", "two"));
        Assert.Contains("table inet two", _network.Run("nft", "list", "tables"), StringComparison.Ordinal);

        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.Execute(Tables("three", "two")));
        Assert.Equal("add the table two", e.Label);
        Assert.Equal(17, e.Errno);
        Assert.DoesNotContain("three", _network.Run("nft", "list", "tables"), StringComparison.Ordinal);
    }

    private static NetlinkBatch Tables(params string[] names)
    {
        const ushort begin = 16, end = 17, newTable = 10 << 8, name = 1;
        const byte inet = 1;
        NetlinkBatch batch = new();
        batch.Begin(begin, NetlinkFlags.None, "begin the batch", acknowledge: false);
        batch.Struct(new NetfilterHeader { Subsystem = 10 << 8 });
        foreach (string table in names)
        {
            batch.Begin(newTable, NetlinkFlags.CreateNew, $"add the table {table}");
            batch.Struct(new NetfilterHeader { Family = inet });
            batch.Attribute(name, table);
        }

        batch.Begin(end, NetlinkFlags.None, "end the batch", acknowledge: false);
        batch.Struct(new NetfilterHeader { Subsystem = 10 << 8 });
        return batch;
    }

    private void Fill(int count)
    {
        NetlinkBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.MakeIfb(new($"ifb{i}"), $"make ifb{i}");
        }

        _socket.Execute(batch);
    }

    /// <summary>Lists the links and does something with the index of each when it was read.</summary>
    private List<Link> Interrupted(Action<int> meanwhile)
    {
        const ushort getLink = 18, name = 3;
        NetlinkBatch request = new();
        request.Begin(getLink, NetlinkFlags.Dump, "list the links");
        request.Struct(new LinkHeader());
        return _socket.Dump<Link>(request, (message, rows) =>
        {
            NetlinkReader reader = message.Attributes<LinkHeader>();
            while (reader.Next())
            {
                if (reader.Type == name)
                {
                    rows.Add(new(message.Header<LinkHeader>().Index, reader.Text()));
                }
            }

            meanwhile(message.Header<LinkHeader>().Index);
        });
    }

    private int ComeAndGo(CancellationToken stop)
    {
        using NetlinkSocket socket = _network.Open();
        int changes = 0;
        while (!stop.IsCancellationRequested)
        {
            NetlinkBatch batch = new();
            batch.MakeBridge(new("comes") { Index = 9000 }, new(), "make it");
            batch.RemoveLink(9000, "remove it");
            socket.Execute(batch);
            changes++;
            Thread.Sleep(1);
        }

        return changes;
    }

    /// <summary>capset(2) of the calling thread, which is not used for anything else.</summary>
    private static unsafe void DropCapabilities()
    {
        uint* header = stackalloc uint[2] { Linux.CapabilityVersion3, 0 };
        uint* data = stackalloc uint[6];
        new Span<uint>(data, 6).Clear();
        Assert.Equal(0, Kernel.Call(Linux.Capset, header, (long)data));
    }

    /// <summary>struct nfgenmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct NetfilterHeader
    {
        public byte Family, Version;

        /// <summary>Big-endian.</summary>
        public ushort Subsystem;
    }
}
