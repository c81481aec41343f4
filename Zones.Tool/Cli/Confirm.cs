using Zones.Tool.Terminals;

namespace Zones.Tool.Cli;

/// <summary>Asks before something is gone for good, as zoneadm(8) does.</summary>
internal static class Confirm
{
    /// <summary>Whether the person said yes; without a terminal there is nobody to ask.</summary>
    /// <param name="question">Without its mark.</param>
    /// <param name="unasked">What does it without asking, such as <c>delete -F</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UsageException">Standard input is no terminal.</exception>
    /// <exception cref="OperationCanceledException">Interrupted instead of answered.</exception>
    public static async Task<bool> AskAsync(string question, string unasked, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException($"standard input is no terminal, so nobody can be asked; {unasked} does it without asking");
        }

        Console.Error.Write($"{question} (y/[n])? ");

        // Not by Console.In, which prepares the terminal for an editor of lines, by escape sequences on standard output.
        using StreamReader keys = new(new StandardInput());
        string? answer = await keys.ReadLineAsync(cancellationToken);
        return answer?.Trim() is "y" or "Y" or "yes";
    }
}
