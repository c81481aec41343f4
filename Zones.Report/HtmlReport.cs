using System.Globalization;
using System.Net;
using System.Text;
using Zones.Domains.Compare;

namespace Zones.Report;

/// <summary>The whole report as one page that needs nothing else: a table, and a picture of each figure.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#8884;--soft:#8881}
        body{font:15px/1.45 system-ui,sans-serif;max-width:1180px;margin:2em auto;padding:0 1em}
        h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
        table{border-collapse:collapse;width:100%}th,td{padding:.35em .6em;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
        td.n{white-space:nowrap;font-variant-numeric:tabular-nums}small{opacity:.75}
        .warn{border-left:4px solid #d9822b;padding:.5em 1em;background:var(--soft)}
        .plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(340px,1fr));gap:1em}
        figure{margin:0;padding:.6em;background:var(--soft);border-radius:6px}figcaption{font-weight:600}svg{width:100%;height:auto}
        """;

    private static readonly (string Group, string Title)[] Groups = [("boot", "Boot"), ("memory", "Memory, as the host counts it"), ("disk", "Disk"), ("work", "Work inside"), ("many", "Many of them")];

    /// <summary>Renders it.</summary>
    public static string Render(ComparisonReport report)
    {
        (string Name, string Label)[] sides = [.. report.Sides.Select(side => (side.Name, FigureText.Side(side, report.DomainProcessors)))];
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(report.Zone)}: process, zone, domain</title>\n<style>{Style}</style></head>\n<body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(report.Zone)}: as a process, a zone and a domain</h1>\n");
        Head(page, report, sides);
        foreach ((string group, string title) in Groups)
        {
            Figure[] figures = [.. report.Figures.Where(figure => figure.Group == group)];
            page.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2>\n");
            Table(page, figures, sides);
            page.Append("<div class=\"plots\">\n");
            foreach (Figure figure in figures)
            {
                if (FigurePlot.Draw(figure, sides) is { } picture)
                {
                    page.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Text(figure.Title)} <small>{(figure.HigherIsBetter ? "higher is better" : "lower is better")}</small></figcaption>{picture}</figure>\n");
                }
            }

            page.Append("</div>\n");
        }

        return page.Append("</body></html>\n").ToString();
    }

    private static void Head(StringBuilder page, ComparisonReport report, (string Name, string Label)[] sides)
    {
        Machine machine = report.Machine;
        page.Append(CultureInfo.InvariantCulture, $"<p>Root <code>{Text(report.Root)}</code>, workload <code>{Text(report.Workload)}</code>. Each figure was measured {report.Repeat} times: the median, the lowest and the highest, and the ratio to the process. Measured on {report.Started:yyyy-MM-dd HH:mm zzz} in {report.Seconds} s on {Text(machine.Processor)}, {machine.Processors} processors, {FigureText.Value(machine.Memory, "B")}; Linux {Text(machine.Kernel)}, {Text(machine.System)}, memory by {Text(machine.MemoryCgroups)}. The load average was {machine.Load:F1} when it began{(machine.Load > machine.Processors ? ": the machine was busy with other things, so times and rates are worth little" : "")}.</p>\n");
        if (report.DomainProcessors is { } processors)
        {
            page.Append(processors.Emulated
                ? $"<p class=\"warn\"><b>The domain is emulated</b> ({Text(processors.Reason)}). Whatever a processor does there is many times slower than under Xen or KVM: its times and rates say nothing about those, and no ratio of them is given. Its memory, without QEMU's translated code (up to 64 MiB), and its disk are what they would be.</p>\n"
                : $"<p>The domain's processors run {Text(processors.Reason)}.</p>\n");
        }

        foreach ((ComparedSide side, string label) in report.Sides.Zip(sides, (side, named) => (side, named.Label)))
        {
            string why = side.Why is null ? "" : $"{(side.Failed ? "failed" : "not measured")}: {side.Why}";
            string text = string.Join("; ", side.Notes.Prepend(why).Where(part => part.Length > 0));
            if (text.Length > 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"<p><b>{Text(label)}</b>: {Text(text)}.</p>\n");
            }
        }
    }

    private static void Table(StringBuilder page, Figure[] figures, (string Name, string Label)[] sides)
    {
        page.Append("<table><thead><tr><th></th>").AppendJoin("", sides.Select(side => $"<th>{Text(side.Label)}</th>")).Append("</tr></thead><tbody>\n");
        foreach (Figure figure in figures)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><b>{Text(figure.Title)}</b><br><small>{Text(figure.Means)}</small></td>");
            foreach ((string name, _) in sides)
            {
                Measured measured = figure.Values[name];
                page.Append(measured.Median is { } median
                    ? $"<td class=\"n\">{FigureText.Value(median, figure.Unit)} {(name == "process" ? "" : FigureText.Ratio(measured))}<br><small>{FigureText.Spread(measured, figure.Unit)}</small></td>"
                    : $"<td><small>not measured: {Text(measured.NotMeasured ?? "")}</small></td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody></table>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
