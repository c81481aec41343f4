using System.CommandLine;
using System.Globalization;

namespace Zones.Tool.Cli;

/// <summary>Options whose value is a whole number.</summary>
internal static class NumberOption
{
    /// <summary>An option that is null when it is not given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="aliases">Shorter ones.</param>
    /// <param name="helpName">What the value is, in capitals.</param>
    /// <param name="description">For help.</param>
    /// <param name="most">The greatest number allowed.</param>
    /// <param name="least">The least number allowed.</param>
    public static Option<long?> Make(string name, string[] aliases, string helpName, string description, long most, long least = 0)
    {
        return new Option<long?>(name, aliases)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                if (long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most)
                {
                    return number;
                }

                result.AddError($"{name}: '{result.Tokens[0].Value}' is not a whole number from {least} to {most}");
                return null;
            },
        };
    }
}
