using Spectre.Console;
using Zones.Domains.Compare;

namespace Zones.Tool.Commands.Compare;

/// <summary>Shows on a terminal how far a comparison is.</summary>
internal static class CompareProgressBar
{
    public static async Task<ComparisonReport> RunAsync(Func<IProgress<CompareProgress>?, Task<ComparisonReport>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work(null).ConfigureAwait(false);
        }

        IAnsiConsole screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        ProgressColumn[] columns = [new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()];
        return await screen.Progress().AutoClear(true).Columns(columns).StartAsync(context =>
        {
            ProgressTask bar = context.AddTask("preparing");
            return work(new Shown(bar));
        }).ConfigureAwait(false);
    }

    /// <summary>At once, and in order: System.Progress would go through the thread pool.</summary>
    private sealed class Shown(ProgressTask bar) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value)
        {
            bar.Description = Markup.Escape(value.Doing);
            bar.MaxValue = value.Total;
            bar.Value = value.Done;
        }
    }
}
