using System.CommandLine;

namespace Zones.Tool.Commands;

/// <summary><c>zone install</c>, <c>ready</c>, <c>boot</c>, <c>halt</c> and <c>reboot</c>.</summary>
internal static class LifecycleCommands
{
    public static IEnumerable<Command> Make() =>
    [
        EachZone.Of(new("install", "make a zone's private files"), "installing", (session, _, name) => session.Host.InstallAsync(name, session.Cancel)),
        EachZone.Of(new("ready", "acquire all that a zone holds, without running anything"), "making ready", (session, _, name) => session.Host.ReadyAsync(name, session.Cancel)),
        Boot(),
        EachZone.Of(new("halt", "kill a zone's processes and release what it holds"), "halting", (session, _, name) => session.Host.HaltAsync(name, session.Cancel)),
        EachZone.Of(new("reboot", "halt a running zone and boot it again"), "rebooting", (session, _, name) => session.Host.RebootAsync(name, null, session.Cancel)),
    ];

    private static Command Boot()
    {
        Command command = new("boot", "start zones");
        Option<bool> writable = new("--writable", "-w") { Description = "let the whole private root be written this once, whatever file-mac-profile says" };
        Argument<string[]> names = new("NAME") { Arity = ArgumentArity.OneOrMore, Description = "the zones; what follows -- are arguments for init, instead of bootargs" };
        command.Options.Add(writable);
        command.Arguments.Add(names);
        command.SetAction((parsed, _) => BootAsync(parsed, names, writable));
        return command;
    }

    /// <summary>The words after <c>--</c> are init's, those before it zones; the parser does not tell them apart.</summary>
    private static Task<int> BootAsync(ParseResult parsed, Argument<string[]> names, Option<bool> writable)
    {
        string[] words = parsed.GetValue(names)!;
        int after = parsed.Tokens.SkipWhile(token => token.Value != "--" || token.Type != System.CommandLine.Parsing.TokenType.DoubleDash).Skip(1).Count();
        string[] bootargs = words[^after..];
        bool separated = parsed.Tokens.Any(token => token.Type == System.CommandLine.Parsing.TokenType.DoubleDash);
        BootOptions options = new() { Bootargs = separated ? [.. bootargs] : null, Writable = parsed.GetValue(writable) };
        return Cli.Session.RunAsync(parsed, Cli.ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            int code = Cli.ExitCode.Ok;
            string[] zones = words[..^after];
            if (zones.Length == 0)
            {
                throw new Cli.UsageException("boot needs the name of a zone before --");
            }

            foreach (string name in zones)
            {
                try
                {
                    await Cli.Progress.WhileAsync($"{name}: booting", session.Host.BootAsync(name, options, session.Cancel));
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    code = Math.Max(code, Cli.ErrorReport.Write(e, Cli.ExitCode.Error));
                }
            }

            return code;
        });
    }
}
