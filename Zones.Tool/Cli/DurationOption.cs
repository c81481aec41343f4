using System.CommandLine;
using System.Globalization;

namespace Zones.Tool.Cli;

/// <summary>Options whose value is a time, as timeout(1) takes it: a number of seconds, or with s, m, h or d behind it of those.</summary>
internal static class DurationOption
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40); // what a timer can wait

    /// <summary>An option that is null when it is not given.</summary>
    public static Option<TimeSpan?> Make(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Parse(text) is { } time && time > TimeSpan.Zero && time <= Longest)
            {
                return time;
            }

            result.AddError($"{name}: '{text}' is not a time above 0, such as 30, 0.5, 10m or 2h, of {Longest.TotalDays:0} days at most");
            return null;
        },
    };

    private static TimeSpan? Parse(string text)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => 0,
        };
        ReadOnlySpan<char> number = unit > 0 ? text.AsSpan(0, text.Length - 1) : text;
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count < 1e9
            ? TimeSpan.FromSeconds(count * (unit > 0 ? unit : 1))
            : null;
    }
}
