using System.Text.RegularExpressions;
using ScottPlot;
using Zones.Domains.Compare;

namespace Zones.Report;

/// <summary>One figure as a picture: for each side a point at the median and a line over the spread.</summary>
internal static partial class FigurePlot
{
    private const int Width = 420, Height = 165;

    /// <summary>Beyond this between the sides a linear axis would show one of them alone.</summary>
    private const double WideRange = 20;

    /// <summary>Drawn in this, and then in the colour of the page's text, whichever that is.</summary>
    private static readonly Color Text = Color.FromHex("#010203");

    private static readonly Dictionary<string, Color> Colours = new() { ["process"] = Color.FromHex("#888888"), ["zone"] = Color.FromHex("#2f9e6e"), ["domain"] = Color.FromHex("#d9822b") };

    /// <summary>As SVG; null when no side has a value.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="sides">In order, with what they are called.</param>
    public static string? Draw(Figure figure, IReadOnlyList<(string Name, string Label)> sides)
    {
        (string Name, string Label, Measured Value)[] measured = [.. sides.Where(side => figure.Values[side.Name].Median is not null).Select(side => (side.Name, side.Label, figure.Values[side.Name]))];
        if (measured.Length == 0)
        {
            return null;
        }

        double lowest = measured.Min(one => one.Value.Lowest!.Value), highest = measured.Max(one => one.Value.Highest!.Value);
        bool logarithmic = lowest > 0 && highest / lowest > WideRange;
        (double scale, string unit) = FigureText.Scale(logarithmic ? lowest : highest, figure.Unit);
        double At(double value) => logarithmic ? Math.Log10(value / scale) : value / scale;

        Plot plot = new();
        plot.FigureBackground.Color = plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(Text);
        plot.Grid.MajorLineColor = Text.WithAlpha(.15);
        for (int i = 0; i < measured.Length; i++)
        {
            (string name, _, Measured value) = measured[i];
            double y = measured.Length - i;
            plot.Add.Line(At(value.Lowest!.Value), y, At(value.Highest!.Value), y).LineStyle = new() { Color = Colours[name], Width = 5 };
            plot.Add.Marker(At(value.Median!.Value), y, MarkerShape.FilledCircle, 13, Colours[name]);
        }

        plot.Axes.Left.SetTicks([.. measured.Select((_, i) => (double)(measured.Length - i))], [.. measured.Select(one => one.Label)]);
        plot.Axes.Right.MinimumSize = 28; // for half of the last number below
        plot.Axes.Margins(0.06, 0.3);
        plot.Axes.AutoScale();
        if (logarithmic)
        {
            int from = (int)Math.Floor(At(lowest)), to = (int)Math.Ceiling(At(highest));
            plot.Axes.SetLimitsX(from, to);
            plot.Axes.Bottom.SetTicks([.. Enumerable.Range(from, to - from + 1).Select(power => (double)power)], [.. Enumerable.Range(from, to - from + 1).Select(power => FigureText.Value(Math.Pow(10, power) * scale, figure.Unit))]);
        }
        else
        {
            plot.Axes.SetLimitsX(0, highest / scale * 1.08);
            plot.XLabel(unit.Length > 0 ? unit : "number");
        }

        string svg = plot.GetSvgXml(Width, Height);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = FontFamily().Replace(svg, "font-family=\"sans-serif\"").Replace("#010203", "currentColor", StringComparison.OrdinalIgnoreCase);

        // Names of clip paths are the page's: a number of its own keeps those of other pictures apart.
        return ClipName().Replace(svg, "$1" + figure.Name.Replace('.', '-') + "-$2")
            .Replace($"width=\"{Width}\" height=\"{Height}\">", $"viewBox=\"0 0 {Width} {Height}\" role=\"img\">", StringComparison.Ordinal);
    }

    [GeneratedRegex("font-family=\"[^\"]*\"")]
    private static partial Regex FontFamily();

    [GeneratedRegex("(id=\"|url\\(#)(cl_)")]
    private static partial Regex ClipName();
}
