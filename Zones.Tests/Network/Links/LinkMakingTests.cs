using System.Net;
using System.Net.NetworkInformation;
using System.Text.Json;
using Zones.Interop;
using Zones.Network;
using Zones.Network.Links;
using Zones.Network.Netlink;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Links;

/// <summary>Every kind of link, made by us and looked at with ip(8).</summary>
public sealed class LinkMakingTests : IDisposable
{
    private static readonly PhysicalAddress s_mac = PhysicalAddress.Parse("02:00:00:00:00:2A");

    private readonly NetworkNamespace _network = new();
    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch = new();

    public LinkMakingTests() => _socket = _network.Open();

    public void Dispose()
    {
        _socket.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void A_veth_pair_has_its_peer_in_another_namespace_with_everything_said_in_one_message()
    {
        using NetworkNamespace zone = new();
        _batch.MakeBridge(new("br0") { Index = 50, Up = true }, new(), "make the bridge");
        int offset = _batch.MakeVeth(
            new("z1.0") { Index = 1_000_001, Mtu = 1400, Master = 50, Up = true },
            new("net0") { Index = 2, Mtu = 1400, Address = s_mac, NamespaceDescriptor = zone.Descriptor.Number },
            "make the link");
        _socket.Execute(_batch);

        Assert.Equal(zone.Descriptor.Number, BitConverter.ToInt32(_batch.Bytes.Span[offset..]));
        JsonElement host = Show("z1.0");
        Assert.Equal("br0", host.GetProperty("master").GetString());
        Assert.Equal(1400, host.GetProperty("mtu").GetInt32());
        Assert.Equal(1_000_001, host.GetProperty("ifindex").GetInt32());
        Assert.Equal("veth", Kind(host));
        JsonElement inside = JsonDocument.Parse(zone.Run("ip", "-j", "-d", "link", "show", "net0")).RootElement[0];
        Assert.Equal("02:00:00:00:00:2a", inside.GetProperty("address").GetString());
        Assert.Equal(2, inside.GetProperty("ifindex").GetInt32());
        Assert.DoesNotContain("UP", Flags(inside));
    }

    [Fact]
    public void A_descriptor_is_patched_into_a_batch_after_it_was_written()
    {
        using NetworkNamespace zone = new();
        int offset = _batch.MakeVeth(new("z1.0"), new("net0") { NamespaceDescriptor = -1 }, "make the link");
        Assert.Equal(9, Assert.Throws<NetlinkException>(() => _socket.Execute(_batch)).Errno);

        NetlinkBatch patched = new();
        patched.MakeVeth(new("z1.0"), new("net0") { NamespaceDescriptor = zone.Descriptor.Number }, "make the link");
        Assert.Equal(offset, patched.MakeVeth(new("z2.0"), new("net1") { NamespaceDescriptor = 7 }, "not sent") - (patched.Bytes.Length / 2));
    }

    [Fact]
    public void A_bridge_has_its_options()
    {
        _batch.MakeBridge(new("br0") { Address = s_mac }, new() { ForwardDelay = 0, Stp = false, MulticastSnooping = false }, "make the bridge");
        _socket.Execute(_batch);

        JsonElement data = Show("br0").GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal(0, data.GetProperty("forward_delay").GetInt32());
        Assert.Equal(0, data.GetProperty("mcast_snooping").GetInt32());
        Assert.Equal(0, data.GetProperty("stp_state").GetInt32());

        NetlinkBatch change = new();
        change.SetBridge(_socket.Link("br0")!.Index, new() { MulticastSnooping = true }, "change the bridge");
        _socket.Execute(change);
        Assert.Equal(1, Show("br0").GetProperty("linkinfo").GetProperty("info_data").GetProperty("mcast_snooping").GetInt32());
    }

    [Fact]
    public void A_macvlan_link_is_made_in_another_namespace_on_a_link_of_this_one()
    {
        using NetworkNamespace zone = new();
        _batch.MakeVeth(new("phys") { Index = 10, Up = true }, new("wire"), "make something physical");
        int offset = _batch.MakeMacvlan(new("net0") { Index = 1_000_002, Address = s_mac, NamespaceDescriptor = zone.Descriptor.Number }, 10, MacvlanMode.Bridge, "make the link");
        _socket.Execute(_batch);

        Assert.True(offset > 0);
        JsonElement inside = JsonDocument.Parse(zone.Run("ip", "-j", "-d", "link", "show", "net0")).RootElement[0];
        Assert.Equal("macvlan", Kind(inside));
        Assert.Equal("bridge", inside.GetProperty("linkinfo").GetProperty("info_data").GetProperty("mode").GetString());
        Assert.Equal("02:00:00:00:00:2a", inside.GetProperty("address").GetString());
        Assert.Null(_socket.Link("net0"));
    }

    [Theory]
    [InlineData("10.9.0.1", "10.9.0.2")]
    [InlineData("fd09::1", "fd09::2")]
    public void A_vxlan_link_has_its_ends(string local, string remote)
    {
        _batch.MakeVxlan(new("vx0"), new(4242) { Local = IPAddress.Parse(local), Remote = IPAddress.Parse(remote), Port = 8472 }, "make the tunnel");
        _socket.Execute(_batch);

        JsonElement data = Show("vx0").GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal(4242, data.GetProperty("id").GetInt32());
        Assert.Equal(8472, data.GetProperty("port").GetInt32());
        string suffix = local.Contains(':') ? "6" : "";
        Assert.Equal(local, data.GetProperty("local" + suffix).GetString());
        Assert.Equal(remote, data.GetProperty("remote" + suffix).GetString());
    }

    [Fact]
    public void A_vlan_link_is_made_or_this_kernel_is_said_to_have_none()
    {
        _batch.MakeVeth(new("phys") { Index = 10 }, new("wire"), "make something physical");
        _socket.Execute(_batch);
        NetlinkBatch batch = new();
        batch.MakeVlan(new("phys.7"), 10, 7, "make the link");
        bool supported = false;
        try
        {
            HostSupport.RequireKind("vlan", "anet[0].vlan-id");
            supported = true;
        }
        catch (HostCapabilityException e)
        {
            Assert.Equal("anet[0].vlan-id: this kernel has no vlan links; load the module rtnl-link-vlan, or use a kernel that has it", e.Message);
            Assert.Equal("anet[0].vlan-id", e.Property);
        }

        if (supported)
        {
            _socket.Execute(batch);
            Assert.Equal(7, Show("phys.7").GetProperty("linkinfo").GetProperty("info_data").GetProperty("id").GetInt32());
        }
        else
        {
            NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(batch));
            Assert.Equal("make the link: EOPNOTSUPP (operation not supported): Unknown device type", e.Message);
        }
    }

    [Theory]
    [InlineData("veth")]
    [InlineData("bridge")]
    [InlineData("macvlan")]
    [InlineData("vxlan")]
    [InlineData("ifb")]
    public void A_kind_that_this_kernel_has_is_found(string kind) => HostSupport.RequireKind(kind, "anet[0]");

    [Fact]
    public void A_kind_that_no_kernel_has_is_not_found() =>
        Assert.Throws<HostCapabilityException>(() => HostSupport.RequireKind("teleport", "anet[0]"));

    [Fact]
    public async Task A_tap_link_lives_as_long_as_its_descriptor_unless_it_is_to_stay()
    {
        using (SafeFd gone = TapLink.Make("tap0", networkNamespace: _network.Descriptor))
        using (SafeFd stays = TapLink.Make("tap1", virtioHeaders: true, persistent: true, _network.Descriptor))
        {
            Assert.Equal("tap", Show("tap0").GetProperty("linkinfo").GetProperty("info_data").GetProperty("type").GetString());
            Assert.True(Show("tap1").GetProperty("linkinfo").GetProperty("info_data").GetProperty("vnet_hdr").GetBoolean());
            ZoneException e = Assert.Throws<ZoneException>(() => TapLink.Make("tap0", networkNamespace: _network.Descriptor));
            Assert.Equal("tap0: cannot make the tap link: EBUSY (device or resource busy)", e.Message);
        }

        // A process that another test is just starting has the descriptor until it executes its program.
        await Eventually.TrueAsync(() => _socket.Link("tap0") is null);
        _batch.RemoveLink(_socket.Link("tap1")!.Index, "remove the tap link");
        _socket.Execute(_batch);
        Assert.Null(_socket.Link("tap1"));
        Assert.Throws<ArgumentException>(() => TapLink.Make("a-name-of-16-byt", networkNamespace: _network.Descriptor));
    }

    [Theory]
    [InlineData("lo", "EEXIST")]
    [InlineData("a-name-of-16-byt", "ERANGE")]
    [InlineData("a/b", "EINVAL")]
    [InlineData("", "EINVAL")]
    public void A_name_that_cannot_be_is_refused(string name, string errno)
    {
        _batch.MakeBridge(new(name), new(), "make the bridge");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(_batch));
        Assert.StartsWith($"make the bridge: {errno} ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_is_taken_is_refused()
    {
        _batch.MakeBridge(new("br0") { Index = 1 }, new(), "make the bridge");
        NetlinkException e = Assert.Throws<NetlinkException>(() => _socket.Execute(_batch));
        Assert.True(e.Errno is 16 or 17, e.Message);
    }

    private JsonElement Show(string name) => JsonDocument.Parse(_network.Run("ip", "-j", "-d", "link", "show", name)).RootElement[0];

    private static string? Kind(JsonElement link) => link.GetProperty("linkinfo").GetProperty("info_kind").GetString();

    private static IEnumerable<string?> Flags(JsonElement link) => link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString());
}
