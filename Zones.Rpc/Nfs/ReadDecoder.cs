using Zones.Rpc.Protocols;

namespace Zones.Rpc.Nfs;

/// <summary>Reads READ3res with the data straight into the caller's memory.</summary>
internal readonly struct ReadDecoder(Memory<byte> destination) : IXdrDecoder<NfsRead>
{
    public NfsRead Decode(ref XdrReader reader)
    {
        Nfsstat3 status = reader.ReadNfsstat3();
        PostOpAttr attributes = PostOpAttr.Decode(ref reader);
        if (status != Nfsstat3.NFS3_OK)
        {
            throw new NfsException(status, "READ");
        }

        uint count = reader.ReadUInt32();
        bool isEnd = reader.ReadBoolean();
        ReadOnlySpan<byte> data = reader.ReadOpaqueSpan((uint)destination.Length);
        if (count != data.Length)
        {
            throw reader.Error($"READ counts {count} bytes and gives {data.Length}");
        }

        data.CopyTo(destination.Span);
        return new NfsRead(data.Length, isEnd, attributes.AttributesFollow ? attributes.Attributes : null);
    }
}
