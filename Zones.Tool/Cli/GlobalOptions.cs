using System.CommandLine;
using System.CommandLine.Parsing;

namespace Zones.Tool.Cli;

/// <summary>Options that mean the same wherever they stand.</summary>
internal static class GlobalOptions
{
    public static Option<string?> State { get; } = new("--state")
    {
        Description = "the state directory (default: $ZONES_STATE, else /var/lib/zones)",
        HelpName = "DIR",
        Recursive = true,
        Validators = { NotEmpty("a directory") },
    };

    public static Option<string?> Connect { get; } = new("--connect")
    {
        Description = "a host that 'zone serve' offers at this socket, instead of a state directory (default: $ZONES_HOST)",
        HelpName = "PATH",
        Recursive = true,
        Validators = { NotEmpty("a socket") },
    };

    /// <summary>Commands that work on this host itself, its state directory or one of their own.</summary>
    private static readonly string[] Local = ["agent", "compare", "firewall", "man", "nfs", "pool", "redirect", "serve", "serve-mount", "service", "snoop", "suggest"];

    /// <summary>Whether a command, or the one above it, refuses a host that is served.</summary>
    public static bool IsLocal(Command command) => Local.Contains(CommandPath.Of(command).Split(' ')[0]);

    /// <summary>The socket of the host that a command is to work on; null for the state directory.</summary>
    /// <exception cref="UsageException">The command cannot.</exception>
    public static string? Socket(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.GetValue(Connect) is { } given)
        {
            return parsed.GetValue(State) is not null ? throw new UsageException("--connect and --state name two different hosts; leave one of them out")
                : IsLocal(command) ? throw new UsageException($"zone {CommandPath.Of(command)} works on this host itself; leave --connect out")
                : given;
        }

        // What was meant for people's commands must not lead zoned's astray.
        return parsed.GetValue(State) is null && !IsLocal(command) ? ServedByDefault : null;
    }

    /// <summary>The socket that <c>ZONES_HOST</c> names; null where it names none.</summary>
    public static string? ServedByDefault => Environment.GetEnvironmentVariable("ZONES_HOST") is { Length: > 0 } host ? host : null;

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

    private static Action<OptionResult> NotEmpty(string what) => result =>
    {
        if (result.Tokens is [{ Value: "" }])
        {
            result.AddError($"{result.Option.Name} is empty; name {what}, or leave it out");
        }
    };

    private static OutputFormat Refuse(ArgumentResult result, string message)
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
