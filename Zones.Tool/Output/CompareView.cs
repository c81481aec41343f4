using Zones.Domains.Compare;

namespace Zones.Tool.Output;

/// <summary>A comparison as a table for a terminal: medians, how far the values lie apart, and the ratio to the process.</summary>
internal static class CompareView
{
    public static void Write(TextWriter output, ComparisonReport report)
    {
        Columns table = new(["FIGURE", .. report.Sides.Select(side => FigureText.Side(side, report.DomainProcessors).ToUpperInvariant())]);
        foreach (Figure figure in report.Figures)
        {
            table.Add([figure.Title, .. report.Sides.Select(side => Cell(figure, side.Name))]);
        }

        table.WriteTo(output);
        output.WriteLine($"\nmedian (lowest..highest) of {report.Repeat}, and the ratio to the process; {report.Machine.Processor}, {report.Machine.Processors} processors, Linux {report.Machine.Kernel}");
        if (report.Machine.Load > report.Machine.Processors)
        {
            output.WriteLine(FormattableString.Invariant($"the load average was {report.Machine.Load:F1} when it began: the machine was busy with other things, so times and rates are worth little"));
        }

        if (report.DomainProcessors is { Emulated: true } processors)
        {
            output.WriteLine($"the domain is {processors.Reason}: its times and rates are not Xen's or KVM's");
        }
    }

    private static string Cell(Figure figure, string side)
    {
        Measured measured = figure.Values[side];
        return measured.Median is not { } median ? "-"
            : $"{FigureText.Value(median, figure.Unit)} ({FigureText.Spread(measured, figure.Unit)}){(side == "process" || measured.Ratio is null ? "" : " " + FigureText.Ratio(measured))}";
    }
}
