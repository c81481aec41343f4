using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Terminals;

/// <summary>Joins our standard descriptors with the pipes of a command that cannot have them itself, because it is a served host's.</summary>
internal static class PipeSession
{
    /// <summary>How long a child that the command left behind may go on to print.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>Runs a command and gives its exit code.</summary>
    public static async Task<int> RunAsync(Session session, Zone zone, ExecRequest request)
    {
        ZoneProcess process = await zone.StartAsync(request with { Io = ExecIo.Pipes }, session.Cancel);
        await using (process.ConfigureAwait(false))
        {
            session.OnSignals(process.Signal);
            Task output = Task.WhenAll(CopyAsync(process.StandardOutput!, 1), CopyAsync(process.StandardError!, 2));
            Typing.Start(process.StandardInput, escapes: null, process.StandardInput!.Dispose);
            ExitStatus status = await process.WaitAsync(CancellationToken.None);
            await Task.WhenAny(output, Task.Delay(Rest));
            session.OnSignals(_ => { });
            if (output.IsFaulted)
            {
                await output;
            }

            return Attached.Code(zone, status);
        }
    }

    /// <summary>Until there is no more, or nobody takes it, which the command learns then as if the descriptor were its own.</summary>
    private static async Task CopyAsync(Stream pipe, int descriptor)
    {
        using StandardOutput target = new(descriptor);
        try
        {
            await pipe.CopyToAsync(target);
        }
        catch (Exception e) when (e is IOException or OutputException { ReaderLeft: true })
        {
            // Our reader left, or the connection broke, which the exit status tells.
        }
        finally
        {
            await pipe.DisposeAsync();
        }
    }
}
