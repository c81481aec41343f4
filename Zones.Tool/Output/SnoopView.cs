using System.Text.Json.Nodes;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Print;
using Zones.Network.Snoop.Rpc;
using Zones.Tool.Cli;

namespace Zones.Tool.Output;

/// <summary>Shows packets, one after the other, and what the calls in them took.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">As what.</param>
/// <param name="detail">How much of each, for people.</param>
/// <param name="times">What its time is told as.</param>
/// <param name="numbered">Whether its number is told.</param>
internal sealed class SnoopView(TextWriter output, OutputFormat format, SnoopDetail detail, TimeStyle times, bool numbered)
{
    private readonly PacketClock _clock = new(times);

    public void Write(DecodedPacket packet)
    {
        if (format != OutputFormat.Table)
        {
            Document.WriteElement(output, PacketTree.Make(packet), format);
            return;
        }

        string time = _clock.Tell(packet.Time);
        IEnumerable<string> lines = detail switch
        {
            SnoopDetail.Verbose => PacketLines.Verbose(packet),
            SnoopDetail.Layers => PacketLines.Layers(packet, time, numbered),
            _ => PacketLines.Summary(packet, time, numbered),
        };
        foreach (string line in lines)
        {
            output.WriteLine(Visible.Text(line));
        }
    }

    /// <summary>Service response times, in milliseconds.</summary>
    public void Write(RpcStatistics statistics)
    {
        if (format != OutputFormat.Table)
        {
            Document.WriteElement(output, new JsonObject { ["service-response-times"] = PacketTree.Make(statistics) }, format);
            return;
        }

        Columns table = new("PROGRAM", "VERSION", "PROCEDURE", "CALLS", "MIN ms", "AVG ms", "MAX ms", "TOTAL ms", "RETRANSMITTED", "UNANSWERED") { Right = [1, .. Enumerable.Range(3, 7)] };
        foreach (RpcProcedureStatistics one in statistics.Procedures)
        {
            table.Add(
                one.Call.ProgramName,
                Sizes.Count(one.Call.Version),
                one.Call.ProcedureName,
                Sizes.Count(one.Calls),
                Time(one, one.Minimum),
                Time(one, one.Average),
                Time(one, one.Maximum),
                Time(one, one.Total),
                Sizes.Count(one.Retransmissions),
                Sizes.Count(one.Unanswered));
        }

        table.WriteTo(output);
    }

    private static string Time(RpcProcedureStatistics one, double nanoseconds) => one.Answered == 0 ? "-" : RpcMessage.Milliseconds(nanoseconds);
}

/// <summary>How much of a packet is shown.</summary>
internal enum SnoopDetail
{
    /// <summary>A line.</summary>
    Summary,

    /// <summary>A line for each layer (<c>-V</c>).</summary>
    Layers,

    /// <summary>A block for each layer (<c>-v</c>).</summary>
    Verbose,
}
