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

    public static Option<string?> Connect { get; } = new("--connect")
    {
        Description = "a host that 'zone serve' offers at this socket, instead of a state directory (default: $ZONES_HOST)",
        HelpName = "PATH",
        Recursive = true,
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: "" }])
                {
                    result.AddError("--connect is empty; name a socket, or leave it out");
                }
            },
        },
    };

    /// <summary>Commands that work on the state directory itself.</summary>
    private static readonly string[] Local = ["agent", "firewall", "man", "nfs", "pool", "redirect", "serve", "serve-mount", "service", "snoop", "suggest"];

    /// <summary>The socket of the host that a command is to work on; null for the state directory.</summary>
    /// <exception cref="UsageException">The command cannot.</exception>
    public static string? Socket(ParseResult parsed)
    {
        string command = CommandPath.Of(parsed.CommandResult.Command).Split(' ')[0];
        if (parsed.GetValue(Connect) is { } given)
        {
            return parsed.GetValue(State) is not null ? throw new UsageException("--connect and --state name two different hosts; leave one of them out")
                : Local.Contains(command) ? throw new UsageException($"{command} works on the state directory itself; leave --connect out")
                : given;
        }

        // What was meant for people's commands must not lead zoned's astray.
        return parsed.GetValue(State) is null && !Local.Contains(command) && Environment.GetEnvironmentVariable("ZONES_HOST") is { Length: > 0 } host ? host : null;
    }

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
