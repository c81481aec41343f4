namespace Zones.Served;

/// <summary>A command in a zone of a served host.</summary>
internal sealed class ServedProcess : ZoneProcess
{
    private readonly ServedSession _session;
    private readonly TaskCompletionSource<ExitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServedInput _input;
    private readonly ServedOutput _output;
    private readonly ServedOutput _error;

    private ServedProcess(ServedSession session, int pid, ExecIo io)
    {
        (_session, Pid) = (session, pid);
        _input = new(session.Socket);
        _output = new(session.Socket, SessionMessage.Output);
        _error = new(session.Socket, SessionMessage.Error);
        if (io == ExecIo.Terminal)
        {
            Terminal = new ServedTerminal(_input, _output);
        }
        else if (io == ExecIo.Pipes)
        {
            (StandardInput, StandardOutput, StandardError) = (_input, _output, _error);
        }

        session.Receive(Handle, End);
    }

    public override int Pid { get; }

    public override Stream? StandardInput { get; }

    public override Stream? StandardOutput { get; }

    public override Stream? StandardError { get; }

    public override Stream? Terminal { get; }

    /// <summary>Starts a command.</summary>
    public static async Task<ServedProcess> StartAsync(ServedConnection connection, string address, ExecRequest request, CancellationToken cancellationToken)
    {
        // What the command reads goes its own way, however much it is.
        SessionMessage first = new() { Request = request with { StandardInput = null } };
        (ServedSession session, SessionMessage answer) = await ServedSession.OpenAsync(connection, address, first, answer => answer.Pid is not null, cancellationToken).ConfigureAwait(false);
        return new(session, answer.Pid!.Value, request.Io);
    }

    public override void Resize(int columns, int rows) => _session.Say(new() { Size = (columns, rows) });

    public override void Signal(int signal) => _session.Say(new() { Signal = signal });

    /// <summary>Kills it with all that it started and that has not left its process group.</summary>
    public void Kill() => _session.Say(new() { Kill = true });

    /// <summary>-1 when the connection broke before the command ended, or when it is detached: nobody here could see it.</summary>
    public override Task<ExitStatus> WaitAsync(CancellationToken cancellationToken = default) => _ended.Task.WaitAsync(cancellationToken);

    public override ValueTask DisposeAsync() => _session.DisposeAsync();

    private void End(Exception? broken)
    {
        _ended.TrySetResult(new ExitStatus(-1));
        _input.End();
        _output.End(broken);
        _error.End(broken);
    }

    private void Handle(SessionMessage? message, ReadOnlyMemory<byte> data)
    {
        switch (message)
        {
            case null:
                (data.Span[0] == SessionMessage.Error ? _error : _output).Add(data.Span[1..]);
                break;
            case { Taken: SessionMessage.Input }:
                _input.Taken();
                break;
            case { End: SessionMessage.Input }:
                _input.End();
                break;
            case { End: { } channel }:
                (channel == SessionMessage.Error ? _error : _output).End(null);
                break;
            case { Exit: { } status }:
                _ended.TrySetResult(status);
                break;
        }
    }
}
