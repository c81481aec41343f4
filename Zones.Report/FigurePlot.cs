using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ScottPlot;
using Zones.Domains.Compare;

namespace Zones.Report;

/// <summary>One figure as a picture: for each side a point at the median and a line over the spread. Its words are the page's own, because a
/// server that draws has no fonts.</summary>
internal static partial class FigurePlot
{
    private const int Width = 420, Height = 150;

    /// <summary>Beyond this between the sides a linear axis would show one of them alone.</summary>
    private const double WideRange = 20;

    private static readonly PixelPadding Around = new(left: 120, right: 30, bottom: 24, top: 8);

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
        double At(double value) => logarithmic ? Math.Log10(value) : value;
        double[] ticks = logarithmic ? Powers(lowest, highest, figure.Unit) : Steps(highest, figure.Unit);

        Plot plot = new();
        plot.FigureBackground.Color = plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.Color(Text);
        plot.Grid.MajorLineColor = Text.WithAlpha(.15);
        plot.Layout.Fixed(Around);
        for (int i = 0; i < measured.Length; i++)
        {
            (string name, _, Measured value) = measured[i];
            plot.Add.Line(At(value.Lowest!.Value), -i, At(value.Highest!.Value), -i).LineStyle = new() { Color = Colours[name], Width = 5 };
            plot.Add.Marker(At(value.Median!.Value), -i, MarkerShape.FilledCircle, 13, Colours[name]);
        }

        plot.Axes.Left.SetTicks([.. measured.Select((_, i) => (double)-i)], [.. measured.Select(_ => "")]);
        plot.Axes.Bottom.SetTicks([.. ticks.Select(At)], [.. ticks.Select(_ => "")]);
        plot.Axes.SetLimits(logarithmic ? At(ticks[0]) : 0, logarithmic ? At(ticks[^1]) : Math.Max(ticks[^1], highest * 1.05), 0.6 - measured.Length, 0.4);
        string svg = plot.GetSvgXml(Width, Height);

        StringBuilder words = new();
        for (int i = 0; i < measured.Length; i++)
        {
            Write(words, Around.Left - 10, plot.GetPixel(new Coordinates(0, -i)).Y + 4, "end", measured[i].Label);
        }

        foreach (double tick in ticks)
        {
            Write(words, plot.GetPixel(new Coordinates(At(tick), 0)).X, Height - 5, "middle", Label(tick, !logarithmic ? highest : figure.Unit == "s" ? tick : lowest, figure.Unit));
        }

        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..svg.LastIndexOf("</svg>", StringComparison.Ordinal)].Replace("#010203", "currentColor", StringComparison.OrdinalIgnoreCase)
            .Replace($"width=\"{Width}\" height=\"{Height}\">", $"viewBox=\"0 0 {Width} {Height}\" role=\"img\">", StringComparison.Ordinal);

        // Names of clip paths are the page's: the figure's name keeps those of other pictures apart.
        return ClipName().Replace(svg, "$1" + figure.Name.Replace('.', '-') + "-$2") + words + "</svg>";
    }

    /// <summary>Powers of ten around the values; of sizes, times the unit in which the lowest is told.</summary>
    private static double[] Powers(double lowest, double highest, string unit)
    {
        double scale = unit == "s" ? 1 : FigureText.Scale(lowest, unit).Scale;
        int from = (int)Math.Floor(Math.Log10(lowest / scale)), to = (int)Math.Ceiling(Math.Log10(highest / scale));
        return [.. Enumerable.Range(from, to - from + 1).Select(power => Math.Pow(10, power) * scale)];
    }

    /// <summary>From 0, a few round steps of the unit in which the highest value is told.</summary>
    private static double[] Steps(double highest, string unit)
    {
        const int most = 5;
        (double scale, _) = FigureText.Scale(highest, unit);
        double last = Math.Max(highest / scale, 0.001), power = Math.Pow(10, Math.Floor(Math.Log10(last)));
        double step = new[] { 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5 }.Select(part => part * power).First(step => last / step <= most);
        return [.. Enumerable.Range(0, (int)Math.Ceiling(last / step) + 1).Select(i => i * step * scale)];
    }

    private static string Label(double value, double like, string unit)
    {
        (double scale, string name) = FigureText.Scale(like, unit);
        return (Math.Round(value / scale, 3).ToString("#,0.###", CultureInfo.InvariantCulture) + " " + name).TrimEnd();
    }

    private static void Write(StringBuilder to, float x, float y, string anchor, string text) =>
        to.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" font-size=\"11\" fill=\"currentColor\">{WebUtility.HtmlEncode(text)}</text>");

    [GeneratedRegex("(id=\"|url\\(#)(cl_)")]
    private static partial Regex ClipName();
}
