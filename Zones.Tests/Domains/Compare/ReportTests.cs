extern alias schema;

using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Zones.Domains.Compare;
using JsonSchema = schema::Json.Schema.JsonSchema;

namespace Zones.Tests.Domains.Compare;

/// <summary>A report as JSON and as a page.</summary>
public sealed class ReportTests
{
    [Fact]
    public void Json_is_what_the_schema_says_and_reads_back()
    {
        string json = Emulated().ToJson();
        AssertValid(json);
        Assert.Equal(json, ComparisonReport.FromJson(json).ToJson());
        Assert.Contains("\"domain-processors\": {", json);
    }

    [Fact]
    public void The_schema_is_the_reports()
    {
        string actual = ReportSchema.Text();
        Assert.True(actual == File.ReadAllText(SchemaFile), $"the report's form has changed; put this into {SchemaFile} and count {nameof(ComparisonReport.CurrentFormat)} up:\n{actual}");
    }

    [Fact]
    public async Task A_page_has_all_figures_in_a_table_and_a_picture_of_each()
    {
        ComparisonReport report = Emulated();
        string page = await PageAsync(report);
        Assert.Equal(5, Count(page, "<table>"));
        Assert.All(report.Figures, figure => Assert.Contains($"<b>{System.Net.WebUtility.HtmlEncode(figure.Title)}</b>", page));
        Assert.Equal(report.Figures.Count(figure => figure.Values.Values.Any(value => value.Median is not null)), Count(page, "<svg "));

        // The words of a picture are the page's, whatever fonts are here.
        Assert.Equal(Count(page, "<svg "), Count(page, ">zone</text>"));

        // It needs nothing else, and goes with a dark page too.
        Assert.DoesNotMatch("(src|href)=\"(?!#)", page.Replace("xlink:href=\"#", "", StringComparison.Ordinal));
        Assert.Contains("color-scheme:light dark", page);
        Assert.Contains("currentColor", page);
    }

    [Fact]
    public async Task A_page_never_takes_an_emulated_domain_for_a_real_one()
    {
        string page = await PageAsync(Emulated());
        Assert.Contains("<b>The domain is emulated</b>", page);
        Assert.Contains("<th>domain (emulated)</th>", page);
        Assert.Contains("no ratio of them is given", page);
        Match row = Regex.Match(page, "<tr><td><b>arithmetic</b>.*?</tr>");
        Assert.Equal(["", "× 2.00", ""], Regex.Matches(row.Value, @"MiB/s ([^<]*)<br>").Select(match => match.Groups[1].Value));
        string real = await PageAsync(Emulated() with { DomainProcessors = new("kvm", false, "by the processor (kvm)") });
        Assert.DoesNotContain("emulated", real);
        Assert.Contains("<th>domain (kvm)</th>", real);
    }

    [Fact]
    public async Task A_page_says_what_was_not_measured_and_why_and_trusts_no_text()
    {
        ComparedSide[] sides = [new("process", null, false, ["<script>1</script>"]), new("zone", null, false, []), new("domain", "domain.toolstack: no QEMU & no Xen", false, [])];
        string page = await PageAsync(Report(sides, null) with { Zone = "<b>", Workload = "/bin/sh -c '<i>'" });
        Assert.Contains("not measured: domain.toolstack: no QEMU &amp; no Xen", page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("<i>", page);
        Assert.Contains("<h1>&lt;b&gt;: as a process", page);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("null")]
    public async Task What_is_no_report_is_refused_in_one_line(string text)
    {
        using TemporaryDirectory directory = new();
        string json = directory.File("report.json", text);
        (int code, string error) = await DrawAsync(json, directory.Path + "/report.html");
        Assert.Equal(1, code);
        Assert.StartsWith($"zone-report: {json}", error);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(directory.Path + "/report.html"));
    }

    /// <summary>Fails unless a report's JSON is what the schema says.</summary>
    internal static void AssertValid(string json)
    {
        JsonSchema form = JsonSchema.FromText(File.ReadAllText(SchemaFile));
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json);
        Assert.True(form.Evaluate(document.RootElement).IsValid, json);
    }

    /// <summary>The page that zone-report draws.</summary>
    internal static async Task<string> PageAsync(ComparisonReport report)
    {
        using TemporaryDirectory directory = new();
        string page = directory.Path + "/report.html";
        Assert.Equal((0, ""), await DrawAsync(directory.File("report.json", report.ToJson()), page));
        return await File.ReadAllTextAsync(page);
    }

    private static string SchemaFile => Path.Combine(Repository.Root, "docs/compare.schema.json");

    private static async Task<(int Code, string Error)> DrawAsync(string json, string page)
    {
        using Process draw = Process.Start(new ProcessStartInfo(Path.Combine(TestHost.BinDirectory, "zone-report"), [json, page]) { RedirectStandardError = true })!;
        string error = await draw.StandardError.ReadToEndAsync();
        await draw.WaitForExitAsync();
        return (draw.ExitCode, error);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static ComparisonReport Emulated() => Report([new("process", null, false, []), new("zone", null, false, []), new("domain", null, false, [])], new("tcg", true, "emulated (tcg)"));

    private static ComparisonReport Report(ComparedSide[] sides, DomainProcessors? processors)
    {
        Results results = new();
        foreach (Figure figure in FigureNames.All([]))
        {
            for (int i = 0; i < 3; i++)
            {
                results.Add("process", figure.Name, (1 << 20) + i);
                results.Add("zone", figure.Name, (2 << 20) + i);
                if (sides[2].Why is null)
                {
                    results.Add("domain", figure.Name, (100 << 20) + i);
                }
            }
        }

        return new()
        {
            Zone = "web1",
            Root = "/srv/debian-12",
            Workload = "ours",
            Started = DateTimeOffset.UnixEpoch,
            Seconds = 1,
            Repeat = 3,
            Instances = 2,
            Memory = 1L << 30,
            Machine = new("a processor", 2, 1L << 30, "6.1.0", "Debian", "cgroup v2", 0.5),
            DomainProcessors = processors,
            Sides = sides,
            Figures = results.Fill(FigureNames.All([]), sides, processors?.Emulated == true),
        };
    }
}
