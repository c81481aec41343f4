using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Zones.Hosting;

/// <summary>Traces and metrics, named like the package.</summary>
internal static class Telemetry
{
    public const string Name = "Zones.Core";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly Meter s_meter = new(Name);

    /// <summary>Time from the call to the commit of running, in milliseconds.</summary>
    public static readonly Histogram<double> BootDuration = s_meter.CreateHistogram<double>("zones.boot.duration", "ms", "Time from the call to init's first instruction, state committed");

    /// <summary>Operations by name and outcome.</summary>
    public static readonly Counter<long> Operations = s_meter.CreateCounter<long>("zones.operations", "{operation}", "Operations on zones, by operation and outcome");

    /// <summary>An activity for an operation on a zone; null when nobody listens.</summary>
    public static Activity? Start(string operation, string zone)
    {
        Activity? activity = Activities.StartActivity(operation);
        activity?.SetTag("zone.name", zone);
        return activity;
    }

    /// <summary>Counts an operation that ended.</summary>
    public static void Count(string operation, bool succeeded) =>
        Operations.Add(1, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("succeeded", succeeded));
}
