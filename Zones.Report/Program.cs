// zone-report: draws what `zone compare` found.
//
//   zone compare ──▸ report.json ──▸ zone-report ──▸ report.html
//
// A program of its own, because drawing needs 12 MB of shared objects (Skia), which the command zone need not carry.
using System.Text.Json;
using Zones.Domains.Compare;
using Zones.Report;

if (args is not [string from, string to])
{
    Console.Error.WriteLine("usage: zone-report REPORT.json REPORT.html");
    return 2;
}

try
{
    File.WriteAllText(to, HtmlReport.Render(ComparisonReport.FromJson(File.ReadAllText(from))));
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
{
    Console.Error.WriteLine($"zone-report: {from}, {to}: {e.Message}");
    return 1;
}
