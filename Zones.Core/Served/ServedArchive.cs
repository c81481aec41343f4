namespace Zones.Served;

/// <summary>Archives into zones of a served host and out of them.</summary>
internal static class ServedArchive
{
    /// <summary>Sends one.</summary>
    public static async Task<CopyReport> InAsync(ServedConnection connection, string address, Stream archive, ArchiveRequest request, CancellationToken cancellationToken)
    {
        ServedSession session = await OpenAsync(connection, address, request, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            ServedInput input = new(session.Socket);
            TaskCompletionSource<CopyReport> copied = new(TaskCreationOptions.RunContinuationsAsynchronously);
            session.Receive(
                (message, _) =>
                {
                    switch (message)
                    {
                        case { Taken: SessionMessage.Input }:
                            input.Taken();
                            break;
                        case { Copied: { } report }:
                            copied.TrySetResult(report);
                            break;
                        case { Problem: { } problem }:
                            copied.TrySetException(problem.ToException());
                            break;
                    }
                },
                broken =>
                {
                    copied.TrySetException(Lost(connection, broken));
                    input.End();
                });
            using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task sending = SendAsync(archive, input, enough.Token);
            if (await Task.WhenAny(sending, copied.Task).ConfigureAwait(false) == sending)
            {
                await sending.ConfigureAwait(false);
            }

            try
            {
                return await copied.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await enough.CancelAsync().ConfigureAwait(false);
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Fetches one.</summary>
    public static async Task<CopyReport> OutAsync(ServedConnection connection, string address, Stream archive, ArchiveRequest request, CancellationToken cancellationToken)
    {
        ServedSession session = await OpenAsync(connection, address, request, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            ServedOutput output = new(session.Socket, SessionMessage.Output);
            CopyReport? copied = null;
            session.Receive(
                (message, data) =>
                {
                    switch (message)
                    {
                        case null:
                            output.Add(data.Span[1..]);
                            break;
                        case { Copied: { } report }:
                            copied = report;
                            output.End(null);
                            break;
                        case { Problem: { } problem }:
                            output.End(problem.ToException());
                            break;
                    }
                },
                broken => output.End(Lost(connection, broken)));
            await output.CopyToAsync(archive, cancellationToken).ConfigureAwait(false);
            return copied!;
        }
    }

    private static async Task<ServedSession> OpenAsync(ServedConnection connection, string address, ArchiveRequest request, CancellationToken cancellationToken) =>
        (await ServedSession.OpenAsync(connection, address, new() { Archive = request }, answer => answer.Ready is not null, cancellationToken).ConfigureAwait(false)).Session;

    private static ZoneException Lost(ServedConnection connection, Exception? broken) => connection.Lost(broken ?? new IOException("the connection ended"));

    /// <summary>Until there is no more, or the host takes no more, which it says why.</summary>
    private static async Task SendAsync(Stream archive, ServedInput input, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[SessionMessage.ChunkMost];
        for (int length; (length = await archive.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            try
            {
                await input.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return;
            }
        }

        await input.DisposeAsync().ConfigureAwait(false);
    }
}
