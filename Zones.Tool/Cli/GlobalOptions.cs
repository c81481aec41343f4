using System.CommandLine;

namespace Zones.Tool.Cli;

/// <summary>Options that mean the same wherever they stand.</summary>
internal static class GlobalOptions
{
    public static Option<string?> State { get; } = new("--state")
    {
        Description = "the state directory (default: $ZONES_STATE, else /var/lib/zones)",
        HelpName = "DIR",
        Recursive = true,
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: "" }])
                {
                    result.AddError("--state is empty; name a directory, or leave it out");
                }
            },
        },
    };

    /// <summary><c>--format</c>, for commands that show something.</summary>
    /// <param name="standard">What is meant when it is not given.</param>
    public static Option<OutputFormat> Format(OutputFormat standard = OutputFormat.Table)
    {
        Option<OutputFormat> option = new("--format")
        {
            Description = $"table, json or yaml (default: {standard.ToString().ToLowerInvariant()})",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => standard,
            CustomParser = result => result.Tokens[0].Value switch
            {
                "table" => OutputFormat.Table,
                "json" => OutputFormat.Json,
                "yaml" => OutputFormat.Yaml,
                { } other => Refuse(result, $"'{other}' is not a format; allowed are table, json and yaml"),
            },
        };
        option.CompletionSources.Clear(); // of the enumeration, which is written otherwise
        option.CompletionSources.Add("table", "json", "yaml");
        return option;
    }

    private static OutputFormat Refuse(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}

/// <summary>How something is shown.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Yaml,
}
