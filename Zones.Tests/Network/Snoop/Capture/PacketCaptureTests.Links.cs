using Zones.Interop;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Capture;
using Zones.Network.Snoop.Filters;
using static Zones.Tests.Network.Snoop.Frames;

namespace Zones.Tests.Network.Snoop.Capture;

/// <content>What links are and become.</content>
public sealed partial class PacketCaptureTests
{
    [Fact]
    public void A_link_that_goes_away_ends_the_capture_after_its_packets_and_says_so_once()
    {
        using PacketCapture capture = Open("east");
        _sender.Send([Probe(1)]);
        _network.Run("ip", "link", "delete", "west");
        Assert.Equal(Convert.ToHexString(Probe(1)), Convert.ToHexString(Take(capture, 1)[0].Data.Span));
        Assert.Equal("east: the link went away; the capture ends", Assert.Throws<ZoneException>(() => capture.TryRead(out _)).Message);
        Assert.False(capture.TryRead(out _));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    public async Task A_link_that_goes_away_while_nothing_comes_over_it_ends_the_capture(string state)
    {
        _network.Run("ip", "link", "set", "east", state);
        using PacketCapture capture = Open("east");
        Task<ZoneException> end = Task.Run(() => Assert.Throws<ZoneException>(() => capture.TryRead(out _)), TestContext.Current.CancellationToken);

        // A link that is removed goes down first: the wait sees the one before the other.
        await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        _network.Run("ip", "link", "delete", "west");
        Assert.Equal("east: the link went away; the capture ends", (await end.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void A_link_that_goes_down_and_up_again_is_captured_on()
    {
        using PacketCapture capture = Open("east");
        _network.Run("ip", "link", "set", "east", "down");
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(100));
        Assert.False(capture.TryRead(out _, cancel.Token));
        _network.Run("ip", "link", "set", "east", "up");

        // Until the sender's end has its carrier back, nothing arrives.
        CapturedPacket packet = default;
        for (int attempt = 0; attempt < 100 && packet == default; attempt++)
        {
            _sender.Send([Probe(1)]);
            using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(100));
            capture.TryRead(out packet, soon.Token);
        }

        Assert.Equal(Probe(1), packet.Data.ToArray());
    }

    [Fact]
    public void A_missing_link_is_refused_with_those_that_are_there()
    {
        Assert.Equal("eats: no such link here, but lo, east, west; did you mean 'east'?", Assert.Throws<ZoneException>(() => Open("eats")).Message);
        Assert.Equal(19, Assert.Throws<ZoneException>(() => Open("a-name-of-more-than-fifteen-bytes")).Errno);
    }

    [Fact]
    public void All_links_are_captured_together_and_loopback_once()
    {
        using PacketCapture capture = Open(null, new CaptureOptions { Filter = PacketFilter.Parse("udp port 53 or udp port 9999") });
        _sender.Send([Query()]);
        Assert.Equal(Repeat(Query(), 2), Take(capture, 2).Select(packet => Convert.ToHexString(packet.Data.Span)));
        _network.Run("bash", "-c", "echo hello > /dev/udp/127.0.0.1/9999");
        Assert.Equal("hello\n"u8.ToArray(), Take(capture, 1)[0].Data[42..].ToArray());
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(200));
        Assert.False(capture.TryRead(out _, cancel.Token));
    }

    [Fact]
    public void A_link_of_ip_alone_gives_packets_from_their_ip_header_on()
    {
        _network.Run("ip", "tuntap", "add", "t0", "mode", "tun");
        _network.Run("ip", "address", "add", "10.9.0.1/24", "dev", "t0");
        _network.Run("ip", "link", "set", "t0", "up");
        using PacketCapture capture = Open("t0", new CaptureOptions { Filter = PacketFilter.Parse("udp port 9999") });
        using PacketCapture all = Open(null, new CaptureOptions { Filter = PacketFilter.Parse("udp port 9999") });

        // Without a program that reads from the other end the link has no carrier, and the kernel sends nothing.
        using SafeFd end = TunnelEnd.Open(_network, "t0");
        _network.Run("bash", "-c", "echo hello > /dev/udp/10.9.0.2/9999");
        foreach (PacketCapture each in (PacketCapture[])[capture, all])
        {
            CapturedPacket packet = Take(each, 1)[0];
            Assert.Equal((LinkType.Raw, 34, (byte)0x45), (packet.LinkType, packet.OriginalLength, packet.Data.Span[0]));
            Assert.Equal("hello\n"u8.ToArray(), packet.Data[28..].ToArray());
        }
    }

    [Fact]
    public void Promiscuous_mode_lasts_as_long_as_the_capture()
    {
        Assert.DoesNotContain("promiscuity 1", _network.Run("ip", "-d", "link", "show", "east"), StringComparison.Ordinal);
        using (Open("east"))
        {
            Assert.Contains("promiscuity 1", _network.Run("ip", "-d", "link", "show", "east"), StringComparison.Ordinal);
        }

        using (Open("east", new CaptureOptions { Promiscuous = false }))
        {
            Assert.Contains("promiscuity 0", _network.Run("ip", "-d", "link", "show", "east"), StringComparison.Ordinal);
        }
    }
}
