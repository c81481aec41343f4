using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Cli.Completion;

namespace Zones.Tool.Commands.Reference;

/// <summary><c>zone completion</c>: what a shell loads to complete our words.</summary>
internal static class CompletionCommand
{
    public static Command Make()
    {
        Command command = new("completion", "print the script with which a shell completes verbs, options and zones");
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish" };
        shell.CompletionSources.Add([.. ShellScripts.Names]);
        shell.Validators.Add(result =>
        {
            if (!ShellScripts.Names.Contains(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not a shell that is known; allowed are bash, zsh and fish");
            }
        });
        command.Arguments.Add(shell);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session =>
        {
            session.Out.Write(ShellScripts.Of(parsed.GetValue(shell)!));
            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }
}
