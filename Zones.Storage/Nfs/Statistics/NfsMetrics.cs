using System.Diagnostics.Metrics;

namespace Zones.Storage.Nfs;

/// <summary>The same for OpenTelemetry, under the package's name.</summary>
internal static class NfsMetrics
{
    public const string Name = "Zones.Storage";

    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("zones.nfs.server.call.duration", "ms", "Time from a call's arrival to its reply");

    private static readonly Counter<long> s_received = s_meter.CreateCounter<long>("zones.nfs.server.received", "By", "Size of the calls");

    private static readonly Counter<long> s_sent = s_meter.CreateCounter<long>("zones.nfs.server.sent", "By", "Size of the replies");

    public static void Record(string procedure, string client, bool failed, long nanoseconds, int received, int sent)
    {
        KeyValuePair<string, object?> name = new("procedure", procedure);
        KeyValuePair<string, object?> address = new("client.address", client);
        if (s_duration.Enabled)
        {
            s_duration.Record(nanoseconds / 1e6, name, address, new("error", failed));
        }

        if (s_received.Enabled)
        {
            s_received.Add(received, name, address);
        }

        if (s_sent.Enabled)
        {
            s_sent.Add(sent, name, address);
        }
    }
}
