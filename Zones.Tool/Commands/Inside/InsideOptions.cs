using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Inside;

/// <summary>How a command runs inside a zone.</summary>
internal sealed class InsideOptions
{
    private readonly Option<string?> _user = new("--user", "-u") { Description = "a user of the zone, or UID[:GID] (default: root)", HelpName = "USER" };
    private readonly Option<string?> _directory = new("--workdir", "-w", "--cwd") { Description = "where it starts, inside (default: /, or the user's home)", HelpName = "DIR" };
    private readonly Option<string[]> _environment = new("--env", "-e") { Description = "a variable; may be given again", HelpName = "NAME=VALUE", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _terminal = new("--tty", "-t") { Description = "give it a terminal of the zone's own" };

    private readonly Option<TimeSpan?> _timeout = DurationOption.Make("--timeout", "kill it after so long, with all that it started: the exit code is 124");

    public void AddTo(Command command)
    {
        _environment.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.IndexOf('=') <= 0) is { } wrong)
            {
                result.AddError($"'{wrong.Value}' is not NAME=VALUE");
            }
        });
        command.Options.Add(_user);
        command.Options.Add(_directory);
        command.Options.Add(_environment);
        command.Options.Add(_terminal);
        command.Options.Add(_timeout);
    }

    public bool HasTimeout(ParseResult parsed) => parsed.GetValue(_timeout) is not null;

    public bool WantsTerminal(ParseResult parsed) => parsed.GetValue(_terminal);

    /// <summary>Whether it gets a terminal; that one which was asked for has to be done without is told, as ssh(1) does.</summary>
    public bool GetsTerminal(ParseResult parsed)
    {
        bool wanted = WantsTerminal(parsed);
        if (wanted && Console.IsInputRedirected)
        {
            Complaint.Write("warning: --tty: standard input is no terminal, so the command gets none");
            return false;
        }

        return wanted;
    }

    public ExecRequest Request(ParseResult parsed, string[] command) => new([.. command])
    {
        User = parsed.GetValue(_user),
        WorkingDirectory = parsed.GetValue(_directory),
        Timeout = parsed.GetValue(_timeout),
        Environment = new((parsed.GetValue(_environment) ?? []).Select(text => KeyValuePair.Create(text[..text.IndexOf('=')], text[(text.IndexOf('=') + 1)..]))),
    };
}
