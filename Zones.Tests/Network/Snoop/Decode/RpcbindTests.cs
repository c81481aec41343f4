using System.Diagnostics;
using System.Text.Json.Nodes;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Print;
using Zones.Tests.Network.Support;
using Zones.Tests.Support;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>The port mapper and rpcbind, as rpcinfo(8) asks a real one over UDP and TCP.</summary>
public sealed class RpcbindTests
{
    private static readonly Dictionary<string, string> s_calls = new()
    {
        ["program"] = "portmap.rpcb.prog",
        ["version"] = "portmap.rpcb.version",
        ["netid"] = "portmap.rpcb.netid",
        ["address"] = "portmap.rpcb.addr",
        ["owner"] = "portmap.rpcb.owner",
        ["universal-address"] = "portmap.uaddr",
    };

    private static readonly Dictionary<string, string> s_maps = new()
    {
        ["program"] = "portmap.prog",
        ["version"] = "portmap.version",
        ["protocol"] = "portmap.proto",
        ["port"] = "portmap.port",
    };

    [Fact]
    public async Task What_rpcinfo_asks_and_rpcbind_answers_is_what_tshark_finds()
    {
        using NetworkNamespace space = new();
        using Recording recording = await Recording.StartAsync("lo", "port 111", space);

        // The directory /run is its own: rpcbind's socket there would be the host's.
        using Process rpcbind = space.Start("unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /run && exec rpcbind -f");
        try
        {
            await Eventually.TrueAsync(() => Ask(space, "-p", "127.0.0.1") == 0, "rpcbind does not answer");
            Assert.Equal(0, Ask(space, "127.0.0.1"));
            Assert.Equal(0, Ask(space, "-T", "udp", "127.0.0.1", "100000", "4"));
            Ask(space, "-T", "tcp", "127.0.0.1", "100003", "3");
            await recording.StopAsync(packets => packets.SelectMany(packet => packet.Summaries).Count(line => line.StartsWith("RPCBIND R GETADDR", StringComparison.Ordinal)) >= 3);
        }
        finally
        {
            rpcbind.Kill();
            await rpcbind.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        List<DecodedPacket> packets = Recording.Decode(recording.Path);
        string[] lines = [.. packets.SelectMany(packet => packet.Summaries)];
        Assert.Contains("PORTMAP C DUMP", lines);
        Assert.Contains(lines, line => line.StartsWith("PORTMAP R DUMP 6 map(s) found", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("RPCBIND C GETADDR prog=100000 (RPCBIND) vers=4 netid=udp", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("RPCBIND R GETADDR Uaddr=127.0.0.1.0.111", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("RPCBIND R DUMP", StringComparison.Ordinal));

        Dictionary<int, ILookup<string, string>> tshark = Tshark.Fields(recording.Path);
        int compared = 0;
        foreach (DecodedPacket packet in packets.Where(packet => packet.Messages.Count > 0))
        {
            ILookup<string, string> theirs = tshark[(int)packet.Number];
            Assert.Equal(theirs["rpc.xid"].Select(value => Convert.ToUInt32(value, 16)), packet.Messages.Select(message => message.Xid));
            foreach (JsonObject layer in PacketTree.Make(packet)["layers"]!.AsArray().Select(layer => layer!.AsObject()))
            {
                Dictionary<string, string>? names = layer["layer"]!.GetValue<string>() switch { "PMAP" => s_maps, "RPCB" => s_calls, _ => null };
                foreach (IGrouping<string, string> field in Tshark.Ours(layer, (_, name) => names?.GetValueOrDefault(name)).GroupBy(field => field.Name, field => field.Value))
                {
                    compared++;
                    Assert.True(field.Order().SequenceEqual(theirs[field.Key].Order()), $"packet {packet.Number}: {field.Key}: {string.Join(' ', field)}; tshark: {string.Join(' ', theirs[field.Key])}");
                }
            }
        }

        Assert.InRange(compared, 15, int.MaxValue);
    }

    [Fact]
    public void GETPORT_is_as_snoop_has_it()
    {
        Conversation conversation = new(new PacketDecoder());
        byte[] call = [.. Frames.RpcCall(1, 100000, 2, 3), 0, 1, 0x86, 0xa3, 0, 0, 0, 3, 0, 0, 0, 17, 0, 0, 0, 0];
        Assert.Equal(["PORTMAP C GETPORT prog=100003 (NFS) vers=3 proto=UDP"], conversation.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.2", "10.7.0.3", 17, Frames.Udp(1023, 111, call)))).Summaries);
        byte[] reply = [.. Frames.RpcReply(1), 0, 0, 8, 1];
        Assert.Equal(["PORTMAP R GETPORT port=2049 (1.000 ms)"], conversation.Send(Frames.Ethernet(Frames.IPv4, Frames.Ip4("10.7.0.3", "10.7.0.2", 17, Frames.Udp(111, 1023, reply)))).Summaries);
    }

    private static int Ask(NetworkNamespace space, params string[] arguments)
    {
        using Process process = space.Start("rpcinfo", arguments);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
