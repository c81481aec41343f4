using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands;

/// <summary><c>zone login</c>.</summary>
internal static class LoginCommand
{
    /// <summary>The user's shell as a login shell; $SHELL is what the zone's /etc/passwd says.</summary>
    private static readonly string[] LoginShell = ["/bin/sh", "-c", "exec \"${SHELL:-/bin/sh}\" -l"];

    public static Command Make()
    {
        Command command = new("login", "open a shell in a running zone, on a real terminal; ~. leaves");
        Argument<string[]> words = new("NAME [-- COMMAND …]") { Arity = ArgumentArity.OneOrMore, Description = "the zone, and instead of a shell the command after --" };
        Option<string> user = new("--login", "-l") { Description = "a user of the zone, or UID[:GID] (default: root)", HelpName = "USER", DefaultValueFactory = _ => "root" };
        Option<bool> noEscapes = new("--no-escape", "-E") { Description = "send ~ at the beginning of a line like any other character" };
        command.Arguments.Add(words);
        command.Options.Add(user);
        command.Options.Add(noEscapes);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.OurFailure, async session =>
        {
            (string[] before, string[] after) = CommandWords.Split(parsed, words);
            if (before.Length != 1)
            {
                throw new UsageException("login needs one zone: zone login NAME [-l USER] [-- COMMAND …]");
            }

            string? kind = Environment.GetEnvironmentVariable("TERM");
            ExecRequest request = new([.. after.Length > 0 ? after : LoginShell])
            {
                User = parsed.GetValue(user),
                Environment = kind is { Length: > 0 } ? new() { ["TERM"] = kind } : new(),
            };
            int code = await Attached.RunAsync(session, new(session.Host, before[0]), request, terminal: true, escapes: !parsed.GetValue(noEscapes));
            if (!Console.IsInputRedirected && !Console.IsErrorRedirected)
            {
                // Whoever was logged in must not take the next prompt for the zone's.
                Console.Error.WriteLine($"[left zone {before[0]}]");
            }

            return code;
        }));
        return command;
    }
}
