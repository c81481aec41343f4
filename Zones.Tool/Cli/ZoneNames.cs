using System.CommandLine;
using System.CommandLine.Parsing;

namespace Zones.Tool.Cli;

/// <summary>Arguments that name zones.</summary>
internal static class ZoneNames
{
    /// <summary>One zone that is there.</summary>
    public static Argument<string> One(string argument = "NAME", string description = "the zone")
    {
        Argument<string> name = new(argument) { Description = description };
        name.Validators.Add(NotEmpty);
        name.Validators.Add(NoOption);
        return name;
    }

    /// <summary>At least one zone.</summary>
    public static Argument<string[]> Some(string description = "the zones")
    {
        Argument<string[]> names = new("NAME") { Arity = ArgumentArity.OneOrMore, Description = description };
        names.Validators.Add(NotEmpty);
        return names;
    }

    /// <summary>The parser takes an option that it does not know for a name; no name begins with a hyphen.</summary>
    public static void NoOption(ArgumentResult result)
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } option)
        {
            result.AddError($"'{option.Value}' is no {result.Argument.Name}");
        }
    }

    /// <summary>An empty word is a variable of a script that was not set; it must not mean anything else.</summary>
    private static void NotEmpty(ArgumentResult result)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError(result.Argument.Name == "DIR" ? "the directory is empty" : "the name of a zone is empty");
        }
    }
}
