using System.Text;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Runs a command to its end and collects what it prints, wherever it runs.</summary>
internal static class CollectedCommand
{
    private const int NotFound = 127;
    private const int NotExecutable = 126;

    /// <summary>How long a child that an ended command left behind may go on to print, and be silent meanwhile.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5), Silence = TimeSpan.FromSeconds(1);

    /// <param name="start">Starts it, with pipes.</param>
    /// <param name="kill">Ends it with all that it started.</param>
    /// <param name="request">What it reads.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ZoneException">It printed more than is kept (<see cref="CollectedOutput.Most"/>), and was ended for that.</exception>
    public static async Task<ExecResult> RunAsync<T>(Func<Task<T>> start, Action<T> kill, ExecRequest request, CancellationToken cancellationToken)
        where T : ZoneProcess
    {
        T process;
        try
        {
            process = await start().ConfigureAwait(false);
        }
        catch (ZoneException e) when (e.Operation == "execute")
        {
            return new(e.Errno is Linux.ENOENT or Linux.ENOTDIR ? NotFound : NotExecutable, "", e.Message + "\n");
        }

        await using (process.ConfigureAwait(false))
        {
            using CancellationTokenRegistration killing = cancellationToken.Register(() => kill(process));
            bool tooMuch = false;
            CollectedOutput output = new(process.StandardOutput, End), error = new(process.StandardError, End);
            Task feed = FeedAsync(process.StandardInput, request.StandardInput);
            ExitStatus status = await process.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await DrainAsync(Task.WhenAll(output.End, error.End, feed), () => output.Length + error.Length, cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref tooMuch))
            {
                throw new ZoneException($"{request.Command[0]}: printed more than {CollectedOutput.Most >> 20} MiB, which is the most that is collected, and was killed; start it, and read its streams") { Operation = "exec" };
            }

            return new(status.Code, output.Text, error.Text) { TimedOut = status is { Code: ExecResult.TimedOutCode, Signal: not 0 } };

            void End()
            {
                Volatile.Write(ref tooMuch, true);
                kill(process);
            }
        }
    }

    /// <summary>Waits for the rest of what an ended command printed: to its end, or until nothing has come for a second, since a
    /// child that it left behind may hold its pipes open for ever; or go on printing for ever, so that there is an end to the waiting in any case.</summary>
    private static async Task DrainAsync(Task end, Func<long> length, CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + (long)LongestRest.TotalMilliseconds;
        for (long before = -1, now = length(); before != now && !end.IsCompleted && Environment.TickCount64 < deadline; now = length())
        {
            before = now;
            await Task.WhenAny(end, Task.Delay(Silence, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task FeedAsync(Stream? input, string? text)
    {
        if (input is null)
        {
            return;
        }

        try
        {
            if (text is not null)
            {
                await input.WriteAsync(Encoding.UTF8.GetBytes(text)).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It does not read all of it, as is its right.
        }

        await input.DisposeAsync().ConfigureAwait(false);
    }
}
