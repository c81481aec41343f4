using System.Buffers.Binary;
using System.Text;

namespace Zones.Domains.Xen;

/// <summary>A message to or from xenstored, as its socket and /dev/xen/xenbus carry it (Xen's docs/misc/xenstore.txt): four 32-bit words
/// of this machine's order, which are the type, a number that comes back with the answer, the transaction, the length; then the content. Compiled into
/// the domain's process 1 too.</summary>
internal static class XenStoreMessage
{
    /// <summary>Bytes before the content.</summary>
    public const int HeaderLength = 16;

    /// <summary>Of a content, in either direction.</summary>
    public const int MostContent = 4096;

    /// <summary>The names below a node.</summary>
    public const int Directory = 1;

    /// <summary>The value of a node.</summary>
    public const int Read = 2;

    /// <summary>Sets a node's value, and makes the node.</summary>
    public const int Write = 11;

    /// <summary>An answer: the content is the name of an error number.</summary>
    public const int Error = 16;

    /// <summary>Where a domain says how it goes, below its own home: a node that libxl lets it write.</summary>
    public const string Status = "data/zones";

    /// <summary>A request.</summary>
    /// <param name="type">One of the above.</param>
    /// <param name="path">The node.</param>
    /// <param name="value">What it is to have.</param>
    public static byte[] Compose(int type, string path, string value = "")
    {
        byte[] content = Encoding.UTF8.GetBytes($"{path}\0{value}");
        byte[] message = new byte[HeaderLength + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, type);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), content.Length);
        content.CopyTo(message, HeaderLength);
        return message;
    }

    /// <summary>The type and the length of the content that a header announces.</summary>
    public static (int Type, int Length) ReadHeader(ReadOnlySpan<byte> header) =>
        (BinaryPrimitives.ReadInt32LittleEndian(header), BinaryPrimitives.ReadInt32LittleEndian(header[12..]));
}
