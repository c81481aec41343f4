using System.CommandLine;
using System.CommandLine.Parsing;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Run;

/// <summary><c>zone install</c>, <c>ready</c>, <c>boot</c>, <c>halt</c> and <c>reboot</c>.</summary>
internal static class LifecycleCommands
{
    public static IEnumerable<Command> Make() =>
    [
        EachZone.Of(new("install", "make a zone's private files"), "installing", (session, _, name) => session.Host.InstallAsync(name, session.Cancel)),
        EachZone.Of(new("ready", "acquire all that a zone holds, without running anything; what runs in it is halted first"), "making ready", (session, _, name) => session.Host.ReadyAsync(name, session.Cancel)),
        Boot(),
        EachZone.Of(new("halt", "kill a zone's processes and release what it holds"), "halting", (session, _, name) => session.Host.HaltAsync(name, session.Cancel)),
        EachZone.Of(new("reboot", "halt a running zone and boot it again"), "rebooting", async (session, _, name) =>
        {
            await OwnedZone.ThrowIfGoneAtOnceAsync(session, name, rebooted: true);
            await session.Host.RebootAsync(name, null, session.Cancel);
        }),
    ];

    private static Command Boot()
    {
        Command command = new("boot", "start zones");
        Option<bool> writable = new("--writable", "-w") { Description = "let the whole private root be written this once, whatever file-mac-profile says" };
        Argument<string[]> words = ZoneNames.Some("the zones; what follows -- are arguments for init, instead of bootargs");
        Option<string?> kernel = new("--kernel") { HelpName = "PATH", Description = "try this kernel in a domain, this once: a file, or the directory into which a kernel's package was unpacked" };
        Option<string?> append = new("--append") { HelpName = "ARGS", Description = "add these words to the command line of a domain's kernel, this once" };
        command.Options.Add(writable);
        command.Options.Add(kernel);
        command.Options.Add(append);
        command.Arguments.Add(words);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session =>
        {
            bool separated = parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash);
            (string[] zones, string[] bootargs) = separated ? CommandWords.Split(parsed, words) : (parsed.GetValue(words)!, []);
            if (zones.FirstOrDefault(word => word.StartsWith('-')) is { } option)
            {
                throw new UsageException($"'{option}' is not an option of zone boot; what init is given comes after --");
            }

            BootOptions options = new()
            {
                Bootargs = separated ? [.. bootargs] : null,
                Writable = parsed.GetValue(writable),
                Kernel = parsed.GetValue(kernel),
                KernelArgs = [.. (parsed.GetValue(append) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            };
            return zones.Length == 0
                ? throw new UsageException("boot needs the name of a zone before --")
                : EachZone.RunAsync(session, zones, "booting", async name =>
                {
                    await OwnedZone.ThrowIfGoneAtOnceAsync(session, name, rebooted: false);
                    await session.Host.BootAsync(name, options, session.Cancel);
                });
        }));
        return command;
    }
}
