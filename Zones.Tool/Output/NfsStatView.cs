using System.Globalization;
using System.Text.Json.Nodes;
using Zones.Storage.Nfs;
using Zones.Tool.Cli;

namespace Zones.Tool.Output;

/// <summary>Shows what an NFS server did between two looks, by procedure and by client. Percentiles are those since its start.</summary>
internal static class NfsStatView
{
    public static void Write(TextWriter output, NfsStatistics? before, NfsStatistics now, OutputFormat format, bool stream)
    {
        if (format != OutputFormat.Table)
        {
            JsonObject tree = new()
            {
                ["started"] = now.Started.ToString("O", CultureInfo.InvariantCulture),
                ["taken"] = now.Taken.ToString("O", CultureInfo.InvariantCulture),
                ["connections"] = now.Connections,
                ["open-files"] = now.OpenFiles,
                ["procedures"] = new JsonArray([.. now.Procedures.Select(Tree)]),
                ["clients"] = new JsonArray([.. now.Clients.Select(Tree)]),
            };
            (stream ? (Action<TextWriter, JsonNode, OutputFormat>)Document.WriteElement : Document.Write)(output, tree, format);
            return;
        }

        TimeSpan elapsed = now.Taken - (before?.Taken ?? now.Started);
        output.WriteLine($"{now.Taken.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {now.Connections} connections, {now.OpenFiles} open files");
        Table(output, "PROCEDURE", before?.Procedures, now.Procedures, elapsed);
        output.WriteLine();
        Table(output, "CLIENT", before?.Clients, now.Clients, elapsed);
        if (stream)
        {
            output.WriteLine();
        }
    }

    private static void Table(TextWriter output, string title, IReadOnlyList<NfsCallStatistics>? before, IReadOnlyList<NfsCallStatistics> now, TimeSpan elapsed)
    {
        Columns table = new(title, "CALLS", "CALLS/s", "ERRORS", "IN/s", "OUT/s", "P50", "P90", "P99") { Right = [.. Enumerable.Range(1, 8)] };
        double seconds = Math.Max(elapsed.TotalSeconds, 1e-3);
        foreach (NfsCallStatistics line in now)
        {
            NfsCallStatistics? old = before?.FirstOrDefault(known => known.Name == line.Name);
            long calls = line.Calls - (old?.Calls ?? 0);
            table.Add(
                line.Name,
                Sizes.Count(calls),
                (calls / seconds).ToString("F1", CultureInfo.InvariantCulture),
                Sizes.Count(line.Errors - (old?.Errors ?? 0)),
                Sizes.Bytes((line.BytesReceived - (old?.BytesReceived ?? 0)) / seconds),
                Sizes.Bytes((line.BytesSent - (old?.BytesSent ?? 0)) / seconds),
                Duration(line.Median),
                Duration(line.Percentile90),
                Duration(line.Percentile99));
        }

        table.WriteTo(output);
    }

    private static JsonNode Tree(NfsCallStatistics line) => new JsonObject
    {
        ["name"] = line.Name,
        ["calls"] = line.Calls,
        ["errors"] = line.Errors,
        ["bytes-received"] = line.BytesReceived,
        ["bytes-sent"] = line.BytesSent,
        ["p50-us"] = line.Median.TotalMicroseconds,
        ["p90-us"] = line.Percentile90.TotalMicroseconds,
        ["p99-us"] = line.Percentile99.TotalMicroseconds,
    };

    private static string Duration(TimeSpan duration) => duration.TotalMilliseconds < 1
        ? duration.TotalMicroseconds.ToString("F0", CultureInfo.InvariantCulture) + "us"
        : duration.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture) + "ms";
}
