using Zones.Interop;
using Zones.Served;

namespace Zones.Server.Sessions;

/// <summary>The data of a session as a stream: what the client sends is read, what is written goes to the client.</summary>
internal sealed class ChannelStream(SessionChannels channels) : OneWayStream
{
    private readonly byte[] _out = new byte[SessionMessage.ChunkMost + 1];
    private ReadOnlyMemory<byte> _in;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_in.IsEmpty)
        {
            if (await channels.NextAsync(cancellationToken).ConfigureAwait(false) is not { } chunk)
            {
                return 0;
            }

            _in = chunk;
        }

        int length = Math.Min(buffer.Length, _in.Length);
        _in[..length].CopyTo(buffer);
        _in = _in[length..];
        if (_in.IsEmpty)
        {
            await channels.TakenAsync(cancellationToken).ConfigureAwait(false);
        }

        return length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (int length; buffer.Length > 0; buffer = buffer[length..])
        {
            length = Math.Min(buffer.Length, SessionMessage.ChunkMost);
            _out[0] = SessionMessage.Output;
            buffer[..length].CopyTo(_out.AsMemory(1));
            await channels.SendAsync(_out.AsMemory(0, length + 1), cancellationToken).ConfigureAwait(false);
        }
    }
}
