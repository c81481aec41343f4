using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Print;
using Zones.Network.Snoop.Rpc;

namespace Zones.Tests.Network.Snoop.Decode;

/// <summary>NFS and MOUNT, as they really go over TCP, against tshark's reading of the same packets.</summary>
public sealed partial class NfsTests(NfsTraffic traffic) : IClassFixture<NfsTraffic>
{
    private static readonly Dictionary<string, string> s_rpc = new()
    {
        ["transaction-id"] = "rpc.xid",
        ["type"] = "rpc.msgtyp",
        ["reply-to"] = "rpc.repframe",
        ["program"] = "rpc.program",
        ["version"] = "rpc.programversion",
        ["procedure"] = "rpc.procedure",
        ["uid"] = "rpc.auth.uid",
        ["gid"] = "rpc.auth.gid",
        ["hostname"] = "rpc.auth.machinename",
    };

    private static readonly Dictionary<string, string> s_mount = new() { ["procedure"] = "mount.procedure_v3", ["status"] = "mount.status", ["file-handle"] = "nfs.fhandle" };

    private static readonly Dictionary<string, string> s_nfs = new()
    {
        ["procedure"] = "nfs.procedure_v3",
        ["status"] = "nfs.status3",
        ["file-handle"] = "nfs.fhandle",
        ["to-file-handle"] = "nfs.fhandle",
        ["link-file-handle"] = "nfs.fhandle",
        ["file-name"] = "nfs.name",
        ["to-file-name"] = "nfs.name",
        ["link-file-name"] = "nfs.name",
        ["offset"] = "nfs.offset3",
        ["cookie"] = "nfs.cookie3",
        ["dircount"] = "nfs.count3_dircount",
        ["maxcount"] = "nfs.count3_maxcount",
        ["end-of-file"] = "nfs.read.eof",
        ["method"] = "nfs.createmode",
        ["read-transfer-maximum"] = "nfs.fsinfo.rtmax",
        ["read-transfer-preferred"] = "nfs.fsinfo.rtpref",
        ["write-transfer-maximum"] = "nfs.fsinfo.wtmax",
        ["write-transfer-preferred"] = "nfs.fsinfo.wtpref",
        ["directory-transfer-preferred"] = "nfs.fsinfo.dtpref",
        ["maximum-file-size"] = "nfs.fsinfo.maxfilesize",
        ["total-space"] = "nfs.fsstat3_resok.tbytes",
        ["free-space"] = "nfs.fsstat3_resok.fbytes",
        ["available-space"] = "nfs.fsstat3_resok.abytes",
        ["total-file-slots"] = "nfs.fsstat3_resok.tfiles",
        ["free-file-slots"] = "nfs.fsstat3_resok.ffiles",
        ["link-max"] = "nfs.pathconf.linkmax",
        ["name-max"] = "nfs.pathconf.name_max",
        ["no-trunc"] = "nfs.pathconf.no_trunc",
        ["case-preserving"] = "nfs.pathconf.case_preserving",
    };

    private static readonly Dictionary<string, string> s_attributes = new()
    {
        ["links"] = "nfs.fattr3.nlink",
        ["uid"] = "nfs.fattr3.uid",
        ["gid"] = "nfs.fattr3.gid",
        ["size"] = "nfs.fattr3.size",
        ["used"] = "nfs.fattr3.used",
        ["file-id"] = "nfs.fattr3.fileid",
    };

    [Fact]
    public void Fields_are_those_that_tshark_finds()
    {
        Dictionary<int, ILookup<string, string>> tshark = Tshark.Fields(traffic.Path);
        int compared = 0;
        foreach (DecodedPacket packet in Recording.Decode(traffic.Path))
        {
            JsonObject tree = PacketTree.Make(packet);
            ILookup<string, string> ours = tree["layers"]!.AsArray().Select(layer => layer!.AsObject())
                .SelectMany(layer => Tshark.Ours(layer, (within, name) => Name(layer["layer"]!.GetValue<string>(), within, name)))
                .ToLookup(field => field.Name, field => field.Value);
            ILookup<string, string> theirs = tshark[(int)packet.Number];
            Assert.Equal(theirs.Contains("rpc.xid"), packet.Messages.Count > 0);
            foreach (IGrouping<string, string> field in ours)
            {
                compared++;
                Assert.True(theirs.Contains(field.Key), $"packet {packet.Number}: tshark has no {field.Key}");

                // What says which call it is stands there twice, for the call itself and for the protocol.
                IEnumerable<string> expected = theirs[field.Key].Select(value => Normal(field.Key, value));
                expected = field.Key is "rpc.program" or "rpc.programversion" or "rpc.procedure" ? expected.Distinct() : expected;
                Assert.True(field.Order().SequenceEqual(expected.Order()),
                    $"packet {packet.Number}: {field.Key}: {string.Join(' ', field)}; tshark: {string.Join(' ', theirs[field.Key])}");
            }
        }

        Assert.InRange(compared, 500, int.MaxValue);
    }

    [Fact]
    public void Summaries_are_as_snoop_has_them()
    {
        string[] lines = [.. Recording.Decode(traffic.Path).Where(packet => packet.Messages.Count > 0).SelectMany(packet => packet.Summaries).Select(Plain)];
        Assert.Equal(s_golden, lines);
    }

    [Fact]
    public void Names_stand_in_the_place_of_addresses()
    {
        AddressNames names = new();
        names.Add(IPAddress.Loopback, "nfs1");
        DecodedPacket lookup = Recording.Decode(traffic.Path, names).First(packet => packet.Messages.Any(message => message is { IsReply: false, Call.ProcedureName: "LOOKUP" }));
        Assert.Matches("^nfs1 -> nfs1  NFS C LOOKUP3 FH=[0-9A-F]{4} file$", Assert.Single(PacketLines.Summary(lookup, "", numbered: false)));
        Assert.Matches(@"^  7   0\.12345 nfs1 -> nfs1  NFS C", Assert.Single(PacketLines.Summary(new PacketDecoder(names).Decode(First("LOOKUP"), 7), "0.12345", numbered: true)));
    }

    [Fact]
    public void Response_times_count_as_tsharks_do()
    {
        PacketDecoder decoder = new();
        foreach (CapturedPacket packet in Recording.Read(traffic.Path))
        {
            decoder.Decode(packet);
        }

        foreach ((uint program, uint version) in new[] { (100003u, 3u), (100005u, 3u) })
        {
            Dictionary<int, long> counted = decoder.Statistics.Procedures.Where(one => one.Call.Program == program).ToDictionary(one => (int)one.Call.Procedure, one => one.Calls);
            Assert.Equal(Tshark.Calls(traffic.Path, program, version).OrderBy(one => one.Key), counted.OrderBy(one => one.Key));
        }

        Assert.All(decoder.Statistics.Procedures, one =>
        {
            Assert.Equal((0, 0), (one.Unanswered, one.Retransmissions));
            Assert.InRange(one.Average, one.Minimum, one.Maximum);
        });
    }

    [Fact]
    public void Blocks_show_every_layer()
    {
        string[] lines = [.. PacketLines.Verbose(new PacketDecoder().Decode(First("LOOKUP")))];
        Assert.Equal("ETHER:  ----- Ether Header -----", lines[0]);
        Assert.Contains("IP:   ----- IP Header -----", lines);
        Assert.Contains("TCP:  ----- TCP Header -----", lines);
        Assert.Contains("RPC:  ----- SUN RPC Header -----", lines);
        Assert.Contains("RPC:  Program = 100003 (NFS)", lines);
        Assert.Contains("NFS:  ----- Sun NFS -----", lines);
        Assert.Contains("NFS:  Procedure = 3 (Look up file name)", lines);
        Assert.Contains("NFS:  File name = file", lines);
        Assert.Equal(["ETHER", "IP", "TCP", "RPC", "NFS"], PacketLines.Layers(new PacketDecoder().Decode(First("LOOKUP")), "", false).Skip(1).Select(line => line.Split("  ")[1].Split(' ')[0]));
    }

    private CapturedPacket First(string procedure) =>
        Recording.Read(traffic.Path)[(int)Recording.Decode(traffic.Path).First(packet => packet.Messages.Any(message => message is { IsReply: false } && message.Call?.ProcedureName == procedure)).Number - 1];

    private static string? Name(string layer, string within, string name) => (layer, within) switch
    {
        ("RPC", "") => s_rpc.GetValueOrDefault(name),
        ("MOUNT", "") => s_mount.GetValueOrDefault(name),
        ("NFS", "") => s_nfs.GetValueOrDefault(name),
        ("NFS", "entries") => name == "file-handle" ? "nfs.fhandle" : null,
        ("NFS", "new-attributes") => null,
        ("NFS", _) when within.EndsWith("attributes-before", StringComparison.Ordinal) => name == "size" ? "nfs.wcc_attr.size" : null,
        ("NFS", _) when within.EndsWith("attributes", StringComparison.Ordinal) || within.EndsWith("attributes-after", StringComparison.Ordinal) => s_attributes.GetValueOrDefault(name),
        _ => null,
    };

    private static string Normal(string name, string value) => name switch
    {
        "rpc.xid" => Convert.ToUInt32(value, 16).ToString(CultureInfo.InvariantCulture),
        "nfs.fhandle" => value.Replace(":", ""),
        "nfs.createmode" => value switch { "0" => "UNCHECKED", "1" => "GUARDED", _ => "EXCLUSIVE" },
        "nfs.read.eof" or "nfs.pathconf.no_trunc" or "nfs.pathconf.case_preserving" => value is "1" or "True" ? "1" : "0",
        _ => value,
    };

    private static string Plain(string line) => Latency().Replace(Handle().Replace(line, "FH=H"), "");

    [GeneratedRegex("FH=[0-9A-F]{4}")]
    private static partial Regex Handle();

    [GeneratedRegex(@" \(\d+\.\d{3} ms\)$")]
    private static partial Regex Latency();
}
