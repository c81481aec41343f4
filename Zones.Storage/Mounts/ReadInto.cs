using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Storage.Mounts;

/// <summary>The result of a READ whose bytes went straight to where they are wanted.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Length">Bytes read.</param>
/// <param name="IsLast">Whether the file ends there.</param>
internal readonly record struct ReadInto(Nfsstat3 Status, int Length, bool IsLast)
{
    /// <summary>Reads READ3res (RFC 1813, 3.3.6).</summary>
    /// <param name="buffer">Where the bytes go; no more of them are taken.</param>
    internal readonly struct Decoder(Memory<byte> buffer) : IXdrDecoder<ReadInto>
    {
        public ReadInto Decode(ref XdrReader reader)
        {
            Nfsstat3 status = (Nfsstat3)reader.ReadInt32();
            PostOpAttr.Decode(ref reader);
            if (status != Nfsstat3.NFS3_OK)
            {
                return new(status, 0, true);
            }

            uint count = reader.ReadUInt32();
            bool last = reader.ReadBoolean();
            ReadOnlySpan<byte> data = reader.ReadOpaqueSpan((uint)buffer.Length);
            if (count != data.Length)
            {
                throw reader.Error($"READ counts {count} bytes and gives {data.Length}");
            }

            data.CopyTo(buffer.Span);
            return new(status, data.Length, last);
        }
    }
}
