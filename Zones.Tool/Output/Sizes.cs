using System.Globalization;

namespace Zones.Tool.Output;

/// <summary>Numbers for a person.</summary>
internal static class Sizes
{
    private const string Units = "BKMGTP";

    /// <summary>Bytes with three figures and a unit; <c>-</c> for what is not counted.</summary>
    public static string Bytes(double? bytes)
    {
        if (bytes is not { } value)
        {
            return "-";
        }

        int unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            (value, unit) = (value / 1024, unit + 1);
        }

        return value.ToString(unit == 0 || value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture) + Units[unit];
    }

    public static string Percent(double? share) => share is { } value ? value.ToString("F1", CultureInfo.InvariantCulture) + "%" : "-";

    public static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
