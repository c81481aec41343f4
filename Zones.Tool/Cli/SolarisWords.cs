using System.CommandLine;
using System.CommandLine.Parsing;

namespace Zones.Tool.Cli;

/// <summary>What the fingers of who comes from zoneadm(8), zonecfg(8) and zlogin(1) type, and how it is said here.</summary>
internal static class SolarisWords
{
    private const string Zone = "-z";

    /// <summary>Verbs of theirs, and of other service commands, that are none of ours.</summary>
    private static readonly Dictionary<string, string> Verbs = new(StringComparer.Ordinal)
    {
        ["add"] = "zone set NAME 'fs[+]={ dir: /srv, special: /pool/srv }'",
        ["clear"] = "zone unset NAME PROPERTY",
        ["info"] = "zone show NAME",
        ["ls"] = "zone list",
        ["ps"] = "zone list",
        ["rm"] = "zone delete NAME",
        ["remove"] = "zone unset NAME 'fs[0]'",
        ["select"] = "zone set NAME 'fs[0].options=[ro]'",
        ["start"] = "zone boot NAME",
        ["stop"] = "zone halt NAME",
        ["zlogin"] = "zone login NAME",
    };

    /// <summary>What to say of a command line that is wrong because it is theirs; null when it is not.</summary>
    public static string? RightForm(ParseResult parsed)
    {
        List<string> words = [.. parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value)];
        string? name = null;
        while (words is [['-', '-', ..], _, ..])
        {
            words.RemoveRange(0, 2); // --state DIR, --connect PATH
        }

        int at = words.IndexOf(Zone);
        if (at >= 0)
        {
            name = words.ElementAtOrDefault(at + 1);
            words.RemoveRange(at, Math.Min(2, words.Count - at));
        }

        string verb = words.FirstOrDefault() ?? "boot";
        if (Verbs.TryGetValue(verb, out string? ours))
        {
            return $"'{verb}' is not a command; it is {ours.Replace("NAME", name ?? words.ElementAtOrDefault(1) ?? "NAME", StringComparison.Ordinal)}";
        }

        return at < 0 || parsed.RootCommandResult.Command.Subcommands.FirstOrDefault(command => command.Name == verb) is not { } known ? null
            : known.Arguments.Count == 0 ? $"'{Zone}' is not an option, and zone {verb} takes no names; it is {Line(["zone", .. words])}"
            : $"'{Zone}' is not an option: the name of a zone comes after the command; it is {Line(["zone", verb, name ?? "NAME", .. words.Skip(1)])}";
    }

    private static string Line(string[] words) => string.Join(' ', words);
}
