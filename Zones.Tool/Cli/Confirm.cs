using System.CommandLine;
using Zones.Tool.Terminals;

namespace Zones.Tool.Cli;

/// <summary>Asks before something is gone for good, as zoneadm(8) does.</summary>
internal static class Confirm
{
    /// <summary><c>--yes</c>, of every command that asks: it answers, and does nothing else.</summary>
    public static Option<bool> YesOption() => new("--yes", "-y") { Description = "do not ask: the answer is yes" };

    /// <summary>Whether the person said yes.</summary>
    /// <param name="question">Without its mark.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UsageException">Standard input is no terminal.</exception>
    /// <exception cref="OperationCanceledException">Interrupted instead of answered.</exception>
    public static async Task<bool> AskAsync(string question, CancellationToken cancellationToken)
    {
        RequireTerminal();
        Console.Error.Write($"{question} (y/[n])? ");

        // Not by Console.In, which prepares the terminal for an editor of lines, by escape sequences on standard output.
        using StreamReader keys = new(new StandardInput());
        string? answer = await keys.ReadLineAsync(cancellationToken);
        return answer?.Trim() is "y" or "Y" or "yes";
    }

    /// <summary>Without a terminal there is nobody to ask.</summary>
    /// <exception cref="UsageException">Standard input is none.</exception>
    public static void RequireTerminal()
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException("standard input is no terminal, so nobody can be asked; give -y to answer yes");
        }
    }
}
