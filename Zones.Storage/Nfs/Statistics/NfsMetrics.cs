using System.Diagnostics.Metrics;
using Zones.Rpc;

namespace Zones.Storage.Nfs;

/// <summary>The same for OpenTelemetry, under the package's name.</summary>
internal static class NfsMetrics
{
    public const string Name = "Zones.Storage";

    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("zones.nfs.server.call.duration", "ms", "Time from a call's arrival to its reply");

    private static readonly Counter<long> s_received = s_meter.CreateCounter<long>("zones.nfs.server.received", "By", "Size of the calls");

    private static readonly Counter<long> s_sent = s_meter.CreateCounter<long>("zones.nfs.server.sent", "By", "Size of the replies");

    public static void Record(string procedure, bool failed, in RpcCallInfo call)
    {
        if (!s_duration.Enabled && !s_received.Enabled && !s_sent.Enabled)
        {
            return;
        }

        KeyValuePair<string, object?> name = new("procedure", procedure);
        KeyValuePair<string, object?> address = new("client.address", call.Client.Address.ToString());
        s_duration.Record(call.Duration.TotalMilliseconds, name, address, new("error", failed));
        s_received.Add(call.RequestBytes, name, address);
        s_sent.Add(call.ReplyBytes, name, address);
    }
}
