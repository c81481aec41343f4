using Spectre.Console;

namespace Zones.Tool.Cli;

/// <summary>Says on a terminal what takes longer than a moment.</summary>
internal static class Progress
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for work; when it takes longer than a moment a line counts the seconds until it is done.</summary>
    public static async Task WhileAsync(string what, Task work)
    {
        if (!Console.IsErrorRedirected && await Task.WhenAny(work, Task.Delay(Moment)).ConfigureAwait(false) != work)
        {
            await ShowAsync(what, work).ConfigureAwait(false);
        }

        await work.ConfigureAwait(false);
    }

    private static async Task ShowAsync(string what, Task work)
    {
        long start = Environment.TickCount64;
        IAnsiConsole screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await screen.Status().Spinner(Spinner.Known.Line).StartAsync(Markup.Escape(what), async status =>
        {
            while (await Task.WhenAny(work, Task.Delay(Moment)).ConfigureAwait(false) != work)
            {
                status.Status = Markup.Escape($"{what}, {(Environment.TickCount64 - start) / 1000} s");
            }
        }).ConfigureAwait(false);
    }
}
