namespace Zones.Served;

/// <summary>A place at a console of a served host's zone. The host may end it, when the caller has the right to it no more.</summary>
internal sealed class ServedConsole : ZoneConsole
{
    private readonly ServedSession _session;
    private readonly IProgress<string>? _notices;
    private readonly ServedOutput _output;
    private readonly ServedInput? _input;

    private ServedConsole(ServedSession session, ConsolePlace place, IProgress<string>? notices)
    {
        (_session, _notices, Writer) = (session, notices, place.Writer);
        _output = new(session.Socket, SessionMessage.Output);
        _input = place.Types ? new(session.Socket) : null;
        session.Receive(Handle, End);
    }

    public override Stream Output => _output;

    public override Stream? Input => _input;

    public override string? Writer { get; }

    /// <summary>Opens one.</summary>
    public static async Task<ServedConsole> OpenAsync(ServedConnection connection, string address, ConsoleOptions options, CancellationToken cancellationToken)
    {
        SessionMessage first = new() { Console = new(options.ReadOnly, options.Scrollback.Bytes) };
        (ServedSession session, SessionMessage answer) = await ServedSession.OpenAsync(connection, address, first, answer => answer.Place is not null, cancellationToken).ConfigureAwait(false);
        return new(session, answer.Place!, options.Notices);
    }

    public override void Resize(int columns, int rows) => _session.Say(new() { Size = (columns, rows) });

    public override ValueTask DisposeAsync()
    {
        _output.End(null);
        return _session.DisposeAsync();
    }

    private void End(Exception? broken)
    {
        _input?.End();
        _output.End(broken);
    }

    private void Handle(SessionMessage? message, ReadOnlyMemory<byte> data)
    {
        switch (message)
        {
            case null:
                _output.Add(data.Span[1..]);
                break;
            case { Taken: SessionMessage.Input }:
                _input?.Taken();
                break;
            case { Notice: { } notice }:
                _notices?.Report(notice);
                break;
            case { Problem: { } problem }:
                End(problem.ToException());
                break;
            case { End: SessionMessage.Output }:
                _output.End(null);
                break;
        }
    }
}
