using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Terminals;

namespace Zones.Tool.Commands.Inside;

/// <summary><c>zone login</c>.</summary>
internal static class LoginCommand
{
    /// <summary>The user's shell as a login shell; $SHELL is what the zone's /etc/passwd says. Where that keeps the user from logging in, it is not
    /// meant for who has the host.</summary>
    private static readonly string[] LoginShell = ["/bin/sh", "-c", "case ${SHELL:-/nologin} in */nologin|*/false) SHELL=/bin/sh;; esac; exec \"$SHELL\" -l"];

    private static readonly string[] SafeShell = ["/bin/sh"];

    public static Command Make()
    {
        Command command = new("login", "open a shell in a running zone, on a real terminal; ~. leaves");
        Argument<string[]> words = new("NAME [-- COMMAND …]") { Arity = ArgumentArity.OneOrMore, Description = "the zone, and instead of a shell the command after --" };
        Option<string?> user = new("--login", "-l") { Description = "a user of the zone, or UID[:GID] (default: root)", HelpName = "USER" };
        Option<bool> safe = new("--safe", "-S") { Description = "root's /bin/sh and nothing of the zone's user database, for a zone in which that is damaged" };
        Option<bool> console = new("--console", "-C") { Description = "the zone's console instead, as 'zone console'" };
        EscapeOptions escapes = new();
        command.Arguments.Add(words);
        command.Options.Add(user);
        command.Options.Add(safe);
        command.Options.Add(console);
        escapes.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.OurFailure, async session =>
        {
            (string[] before, string[] after) = CommandWords.Split(parsed, words);
            if (before.Length != 1)
            {
                throw new UsageException("login needs one zone: zone login NAME [-l USER] [-- COMMAND …]");
            }

            (string? name, bool direct) = (parsed.GetValue(user), parsed.GetValue(safe));
            if (direct && name is not null)
            {
                throw new UsageException("-S and -l exclude each other: a safe login is root's, and looks nobody up");
            }

            if (parsed.GetValue(console))
            {
                return after.Length > 0 || direct || name is not null
                    ? throw new UsageException("-C takes neither -l, -S nor a command: what runs on a console is the zone's own")
                    : await ConsoleSession.RunAsync(session, before[0], readOnly: false, escapes.Filter(parsed));
            }

            string? kind = Environment.GetEnvironmentVariable("TERM");
            ExecRequest request = new([.. after.Length > 0 ? after : direct ? SafeShell : LoginShell])
            {
                User = direct ? null : name ?? "root",
                Environment = kind is { Length: > 0 } ? new() { ["TERM"] = kind } : new(),
            };
            int code = await Attached.RunAsync(session, new(session.Host, before[0]), request, terminal: true, escapes.Filter(parsed));
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
