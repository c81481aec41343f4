using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Zones.Benchmarks;

/// <summary>The results as a page to read.</summary>
internal static class Report
{
    public static string Markdown(IReadOnlyList<Row> rows)
    {
        StringBuilder page = new();
        page.Append("# Results\n\n");
        page.Append("Written by `./build.sh Bench`; what each line means and why it is measured so is in [README.md](README.md). Medians, with the middle half of the samples; the two figures of a line were taken in turns in one run, and only their ratio means anything on another machine.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{Machine()}, {DateTime.UtcNow:yyyy-MM-dd}.\n\n");
        page.Append("| what | ours | beside it | ratio | bound | |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (Row row in rows)
        {
            page.Append($"| {row.What} | {row.Ours} | {row.Other} | {row.RatioText} | {row.Bound} | {row.MetText} |\n");
        }

        return page.ToString();
    }

    private static string Machine()
    {
        string cpu = Field("/proc/cpuinfo", "model name");
        double memory = Math.Round(double.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / (1 << 20));
        string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return $"{cpu}, {Environment.ProcessorCount} processors, {memory} GiB, Linux {kernel}, {RuntimeInformation.FrameworkDescription}";
    }

    private static string Field(string path, string name) =>
        File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':', 2)[1].Trim();
}
