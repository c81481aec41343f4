using System.Globalization;

namespace Zones.Domains.Compare;

/// <summary>Values for people: three figures and the unit that suits them.</summary>
internal static class FigureText
{
    private static readonly (double Scale, string Name)[] Times = [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];
    private static readonly (double Scale, string Name)[] Sizes = [(1L << 40, "TiB"), (1L << 30, "GiB"), (1L << 20, "MiB"), (1L << 10, "KiB"), (1, "B")];

    /// <summary>The median and its unit.</summary>
    public static string Value(double value, string unit)
    {
        (double scale, string name) = Scale(value, unit);
        return name.Length > 0 ? $"{Number(value / scale)} {name}" : Number(value);
    }

    /// <summary>The lowest and the highest, in the unit that suits the median.</summary>
    public static string Spread(Measured measured, string unit)
    {
        (double scale, _) = Scale(measured.Median!.Value, unit);
        return $"{Number(measured.Lowest!.Value / scale)}..{Number(measured.Highest!.Value / scale)}";
    }

    /// <summary>Such as <c>× 1.25</c>; nothing where it says nothing.</summary>
    public static string Ratio(Measured measured) => measured.Ratio is { } ratio ? "× " + Number(ratio) : "";

    /// <summary>What a side is called: an emulated domain never without that word.</summary>
    public static string Side(ComparedSide side, DomainProcessors? processors) =>
        side.Name == "domain" && processors is { } by ? $"domain ({(by.Emulated ? "emulated" : by.Accelerator)})" : side.Name;

    /// <summary>By what a value is divided, and what it is then.</summary>
    public static (double Scale, string Name) Scale(double value, string unit)
    {
        if (unit.Length == 0)
        {
            return (1, "");
        }

        if (unit == "s")
        {
            return Times.FirstOrDefault(step => value >= step.Scale, Times[^1]);
        }

        (double scale, string name) = Sizes.FirstOrDefault(step => value >= step.Scale, Sizes[^1]);
        return (scale, name + unit[1..]);
    }

    /// <summary>Three figures, never an exponent.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        return value.ToString(size >= 100 || value == Math.Floor(value) ? "N0" : size >= 10 ? "F1" : size >= 0.1 ? "F2" : "F3", CultureInfo.InvariantCulture);
    }
}
