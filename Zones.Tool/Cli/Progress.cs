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
            long start = Environment.TickCount64;
            while (await Task.WhenAny(work, Task.Delay(Moment)).ConfigureAwait(false) != work)
            {
                Console.Error.Write($"\r{what} … {(Environment.TickCount64 - start) / 1000} s ");
            }

            Console.Error.Write("\r\e[K");
        }

        await work.ConfigureAwait(false);
    }
}
