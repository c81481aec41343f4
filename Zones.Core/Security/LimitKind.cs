using System.Globalization;

namespace Zones.Security;

/// <summary>A resource limit that an <c>rctl</c> may set.</summary>
/// <param name="Name">As in <see cref="Rctl"/>.</param>
/// <param name="Resource">RLIMIT_ number.</param>
/// <param name="Unit">How its values are written.</param>
/// <param name="Of">What it counts, for messages.</param>
/// <param name="Most">The greatest number that means something.</param>
internal sealed record LimitKind(string Name, int Resource, LimitUnit Unit, string Of, ulong Most = long.MaxValue)
{
    /// <summary>What is allowed, for messages.</summary>
    public string Allowed =>
        $"a whole number of {Of}"
        + (Unit == LimitUnit.Bytes ? " with or without K, M, G or T" : "")
        + (Most == long.MaxValue ? "" : $" up to {Most}")
        + ", or unlimited";

    /// <summary>A value, or null when the text is none.</summary>
    /// <param name="text">Digits, for bytes with K, M, G or T for powers of 1,024; or <c>unlimited</c>.</param>
    public ulong? Parse(string text)
    {
        if (text == "unlimited")
        {
            return ResourceLimits.Unlimited;
        }

        int power = Unit == LimitUnit.Bytes && text.Length > 1 ? "KMGT".IndexOf(text[^1]) + 1 : 0;
        string digits = power > 0 ? text[..^1] : text;
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= Most >> (10 * power)
            ? number << (10 * power)
            : null;
    }
}

/// <summary>How the values of a limit are written.</summary>
internal enum LimitUnit
{
    /// <summary>A number.</summary>
    Count,

    /// <summary>A size.</summary>
    Bytes,
}
