using System.Globalization;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Print;

/// <summary>Packets as lines for people, after snoop(1M). Text of others is in them as it is: what shows them on a terminal makes its control characters visible.</summary>
public static class PacketLines
{
    private const string Divider = "________________________________";

    /// <summary>The summary: a line for each remote procedure call in the packet, else one.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="time">Its time as it is to be told; empty for none.</param>
    /// <param name="numbered">Whether its number stands first.</param>
    public static IEnumerable<string> Summary(DecodedPacket packet, string time, bool numbered)
    {
        ArgumentNullException.ThrowIfNull(packet);
        string head = Head(packet, time, numbered);
        return packet.Summaries.Select(line => head + line);
    }

    /// <summary>A line for each layer (<c>-V</c>).</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="time">Its time as it is to be told; empty for none.</param>
    /// <param name="numbered">Whether its number stands first.</param>
    public static IEnumerable<string> Layers(DecodedPacket packet, string time, bool numbered)
    {
        ArgumentNullException.ThrowIfNull(packet);
        string head = Head(packet, time, numbered);
        return [Divider, .. packet.Layers.Select(layer => head + layer.Summary)];
    }

    /// <summary>Everything, a block for each layer (<c>-v</c>).</summary>
    /// <param name="packet">The packet.</param>
    public static IEnumerable<string> Verbose(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        bool first = true;
        foreach (Layer layer in packet.Layers)
        {
            string head = (layer.Protocol + ": ").PadRight(6);
            head = head.EndsWith("  ", StringComparison.Ordinal) ? head : head + " ";
            yield return $"{head}----- {layer.Title} -----";
            yield return head.TrimEnd();
            if (first)
            {
                yield return $"{head}Packet {packet.Number} arrived at {PacketClock.OfDay(packet.Time)}";
                first = false;
            }

            foreach (string line in Fields(layer.Fields, ""))
            {
                yield return head + line;
            }

            yield return head.TrimEnd();
        }
    }

    private static string Head(DecodedPacket packet, string time, bool numbered)
    {
        string number = numbered ? packet.Number.ToString(CultureInfo.InvariantCulture).PadLeft(3) + " " : "";
        string clock = time.Length > 0 ? time.PadLeft(9) + " " : "";
        string vlan = packet.Vlan is { } id ? $"VLAN#{id}: " : "";
        return $"{number}{clock}{vlan}{packet.SourceText} -> {packet.DestinationText}  ";
    }

    private static IEnumerable<string> Fields(FieldList fields, string indent)
    {
        foreach (Field field in fields)
        {
            if (field.Value is FieldList inner)
            {
                yield return $"{indent}{field.Label}:";
                foreach (string line in Fields(inner, indent + "  "))
                {
                    yield return line;
                }
            }
            else if (field.Value is List<FieldList> several)
            {
                yield return $"{indent}{field.Label}: {field.Text}";
                foreach (string line in several.SelectMany((one, at) => Fields(one, indent + "  ").Prepend($"{indent}  [{at + 1}]")))
                {
                    yield return line;
                }
            }
            else
            {
                yield return $"{indent}{field.Label} = {field.Text}";
            }
        }
    }
}
