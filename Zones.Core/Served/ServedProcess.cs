using System.Net.WebSockets;
using System.Text.Json;

namespace Zones.Served;

/// <summary>A command in a zone of a served host.</summary>
internal sealed class ServedProcess : ZoneProcess
{
    private readonly ExecSocket _socket;
    private readonly TaskCompletionSource<ExitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServedInput _input;
    private readonly ServedOutput _output;
    private readonly ServedOutput _error;
    private readonly Task _receiving;

    private ServedProcess(ExecSocket socket, int pid, ExecIo io)
    {
        (_socket, Pid) = (socket, pid);
        _input = new(socket);
        _output = new(socket, ExecMessage.Output);
        _error = new(socket, ExecMessage.Error);
        if (io == ExecIo.Terminal)
        {
            Terminal = new ServedTerminal(_input, _output);
        }
        else if (io != ExecIo.Detached)
        {
            (StandardInput, StandardOutput, StandardError) = (_input, _output, _error);
        }

        _receiving = ReceiveAsync();
    }

    public override int Pid { get; }

    public override Stream? StandardInput { get; }

    public override Stream? StandardOutput { get; }

    public override Stream? StandardError { get; }

    public override Stream? Terminal { get; }

    /// <summary>Starts a command.</summary>
    public static async Task<ServedProcess> StartAsync(ServedConnection connection, string address, ExecRequest request, CancellationToken cancellationToken)
    {
        ExecSocket socket = new(await connection.WebSocketAsync(address, cancellationToken).ConfigureAwait(false), ServedJson.Default);
        try
        {
            await socket.SendAsync(new ExecMessage { Request = request }, cancellationToken).ConfigureAwait(false);
            return (await socket.ReceiveAsync(cancellationToken).ConfigureAwait(false)).Message switch
            {
                { Pid: { } pid } => new ServedProcess(socket, pid, request.Io),
                { Problem: { } problem } => throw problem.ToException(),
                _ => throw connection.Lost(new IOException("the connection ended")),
            };
        }
        catch (Exception e) when (e is WebSocketException or JsonException)
        {
            socket.Dispose();
            throw connection.Lost(e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override void Resize(int columns, int rows) => Say(new() { Size = (columns, rows) });

    public override void Signal(int signal) => Say(new() { Signal = signal });

    /// <summary>Kills it with all that it started and that has not left its process group.</summary>
    public void Kill() => Say(new() { Kill = true });

    /// <summary>-1 when the connection broke before the command ended, or when it is detached: nobody here could see it.</summary>
    public override Task<ExitStatus> WaitAsync(CancellationToken cancellationToken = default) => _ended.Task.WaitAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _socket.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The other end was faster.
        }

        _socket.Dispose();
        await _receiving.ConfigureAwait(false);
    }

    /// <summary>Sends without waiting: after the end there is nobody to be told.</summary>
    private async void Say(ExecMessage message)
    {
        try
        {
            await _socket.SendAsync(message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // The command has ended, or the connection, which the end tells.
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? broken = null;
        try
        {
            while (true)
            {
                (ExecMessage? message, ReadOnlyMemory<byte> data) = await _socket.ReceiveAsync().ConfigureAwait(false);
                if (message is null && data.IsEmpty)
                {
                    break;
                }

                Handle(message, data);
            }
        }
        catch (Exception e) when (e is WebSocketException or JsonException or ObjectDisposedException or InvalidOperationException or OperationCanceledException or IOException)
        {
            broken = new IOException("the connection to the served host broke", e);
        }

        _ended.TrySetResult(new ExitStatus(-1));
        _input.End();
        _output.End(broken);
        _error.End(broken);
    }

    private void Handle(ExecMessage? message, ReadOnlyMemory<byte> data)
    {
        switch (message)
        {
            case null:
                (data.Span[0] == ExecMessage.Error ? _error : _output).Add(data.Span[1..]);
                break;
            case { Taken: ExecMessage.Input }:
                _input.Taken();
                break;
            case { End: ExecMessage.Input }:
                _input.End();
                break;
            case { End: { } channel }:
                (channel == ExecMessage.Error ? _error : _output).End(null);
                break;
            case { Exit: { } status }:
                _ended.TrySetResult(status);
                break;
        }
    }
}
