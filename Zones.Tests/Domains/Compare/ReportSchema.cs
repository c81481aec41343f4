using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Zones.Domains.Compare;

namespace Zones.Tests.Domains.Compare;

/// <summary>The schema of a report, from its records.</summary>
internal static class ReportSchema
{
    public static string Text()
    {
        JsonNode form = ReportJson.Default.ComparisonReport.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        form.AsObject().Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return form.ToJsonString(new() { WriteIndented = true }) + "\n";
    }
}
