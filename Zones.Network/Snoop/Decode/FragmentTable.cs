using System.Net;

namespace Zones.Network.Snoop.Decode;

/// <summary>Which IPv4 packet a fragment belongs to (RFC 791 section 2.3).</summary>
internal readonly record struct FragmentKey(IPAddress Source, IPAddress Destination, byte Protocol, ushort Id);

/// <summary>Puts IPv4 packets together from their fragments: NFS over UDP sends most of its data in them.</summary>
internal sealed class FragmentTable
{
    /// <summary>The most packets that may be unfinished; the oldest gives way. With <see cref="MaxPacket"/> it bounds the memory to 16 MiB.</summary>
    private const int MaxUnfinished = 256;

    private const int MaxPacket = 65_535;

    private readonly Dictionary<FragmentKey, Unfinished> _packets = [];
    private readonly Queue<FragmentKey> _order = new();

    /// <summary>Takes a fragment.</summary>
    /// <param name="key">The packet.</param>
    /// <param name="offset">Where in the packet's payload it stands.</param>
    /// <param name="last">Whether it is the end of the packet.</param>
    /// <param name="data">The fragment.</param>
    /// <param name="isCut">Whether some of it was not captured: then the packet is never whole.</param>
    /// <returns>The payload when this was what missed of it, else null.</returns>
    public byte[]? Add(FragmentKey key, int offset, bool last, ReadOnlySpan<byte> data, bool isCut)
    {
        if (isCut || offset + data.Length > MaxPacket || data.IsEmpty)
        {
            return null;
        }

        if (!_packets.TryGetValue(key, out Unfinished? packet))
        {
            while (_packets.Count >= MaxUnfinished || _order.Count > 4 * MaxUnfinished)
            {
                _packets.Remove(_order.Dequeue());
            }

            _packets.Add(key, packet = new Unfinished());
            _order.Enqueue(key);
        }

        byte[]? whole = packet.Add(offset, last, data);
        if (whole is not null)
        {
            _packets.Remove(key);
        }

        return whole;
    }

    private sealed class Unfinished
    {
        private byte[] _data = [];
        private int _length = -1;

        /// <summary>Which units of 8 bytes are there: fragments come in such, but for the last.</summary>
        private ulong[] _units = [];

        public byte[]? Add(int offset, bool last, ReadOnlySpan<byte> data)
        {
            int end = offset + data.Length;
            if (end > _data.Length)
            {
                Array.Resize(ref _data, end);
                Array.Resize(ref _units, (end / 8 / 64) + 1);
            }

            data.CopyTo(_data.AsSpan(offset));
            for (int unit = offset / 8; unit < (end + 7) / 8; unit++)
            {
                _units[unit / 64] |= 1UL << (unit % 64);
            }

            _length = last ? end : _length;
            if (_length < 0 || _data.Length != _length)
            {
                return null;
            }

            for (int unit = 0; unit < (_length + 7) / 8; unit++)
            {
                if ((_units[unit / 64] & (1UL << (unit % 64))) == 0)
                {
                    return null;
                }
            }

            return _data;
        }
    }
}
