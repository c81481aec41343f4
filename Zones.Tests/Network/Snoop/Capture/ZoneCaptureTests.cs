using Zones.Network.Snoop;
using Zones.Network.Snoop.Capture;
using Zones.Network.Snoop.Filters;

namespace Zones.Tests.Network.Snoop.Capture;

public class ZoneCaptureTests
{
    [Fact]
    public async Task What_a_zone_sends_is_captured_from_outside_until_it_halts()
    {
        await using TestHost host = new();
        Zone zone = await host.RunningAsync(TestHost.Spec());
        using PacketCapture capture = await PacketCapture.OpenAsync(zone, "lo", new CaptureOptions { Filter = PacketFilter.Parse("udp port 9999") });
        await zone.ExecAsync(["bash", "-c", "echo hello > /dev/udp/127.0.0.1/9999"]);
        Assert.True(capture.TryRead(out CapturedPacket packet));
        Assert.Equal("hello\n"u8.ToArray(), packet.Data[42..].ToArray());

        Assert.Contains("no such link here, but lo", (await Assert.ThrowsAsync<ZoneException>(() => PacketCapture.OpenAsync(zone, "net9"))).Message, StringComparison.Ordinal);
        await zone.HaltAsync();
        Assert.Equal("the zone halted; the capture ends", Assert.Throws<ZoneException>(() => capture.TryRead(out _)).Message);
        Assert.False(capture.TryRead(out _));
        ZoneStateException e = await Assert.ThrowsAsync<ZoneStateException>(() => PacketCapture.OpenAsync(zone));
        Assert.Equal(("z1: has no network to capture from; boot it first", ZoneState.Installed), (e.Message, e.State));
    }
}
