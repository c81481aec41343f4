using System.Buffers.Binary;
using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <content>What a file has besides its name and its contents.</content>
internal sealed unsafe partial class TreeCopier
{
    private const int LargestAttribute = 64 << 10; // XATTR_SIZE_MAX, XATTR_LIST_MAX

    private readonly byte[] _buffer = new byte[2 * LargestAttribute];

    /// <summary>In this order: a new owner takes set-user-id bits and capabilities away, and every change the time.</summary>
    private void Attributes(int from, int to, FileStatus* stat)
    {
        Check("set the owner of", Kernel.Call(Linux.Fchown, to, _ids.Of(stat->Owner), _ids.Of(stat->Group)));
        Check("set the mode of", Kernel.Call(Linux.Fchmod, to, stat->Mode & 0xFFF));
        Extended(from, to);
        Check("set the times of", Kernel.Call(Linux.Utimensat, to, 0, (long)&stat->Accessed, 0));
    }

    private void Extended(int from, int to)
    {
        fixed (byte* names = _buffer)
        {
            byte* value = names + LargestAttribute;
            long length = Kernel.Call(Linux.Flistxattr, from, (long)names, LargestAttribute);
            Check("list the attributes of", length == -Linux.EOPNOTSUPP ? 0 : length);
            for (int at = 0; at < length;)
            {
                int size = new ReadOnlySpan<byte>(names + at, (int)length - at).IndexOf((byte)0);
                string name = Encoding.UTF8.GetString(names + at, size);
                long got = Kernel.Call(Linux.Fgetxattr, from, (long)(names + at), (long)value, LargestAttribute);
                if (got != -Linux.ENODATA)
                {
                    Check($"read the attribute {name} of", got);
                    Move(name, new Span<byte>(value, (int)got));
                    long set = Kernel.Call(Linux.Fsetxattr, to, (long)(names + at), (long)value, got, 0);

                    // A label is the policy's of the place where a file is, not the file's.
                    Check($"set the attribute {name} of the copy of", name == "security.selinux" ? 0 : set);
                }

                at += size + 1;
            }
        }
    }

    /// <summary>Attributes that hold ids: capabilities that count only for the root of a user namespace (capabilities(7), version 3),
    /// access control lists (linux/posix_acl_xattr.h).</summary>
    private void Move(string name, Span<byte> value)
    {
        const int version3 = 24, rootAt = 20, aclHeader = 4, aclEntry = 8;
        const ushort namedUser = 2, namedGroup = 8;
        if (name == "security.capability" && value.Length == version3)
        {
            Move(value[rootAt..]);
        }
        else if (name is "system.posix_acl_access" or "system.posix_acl_default")
        {
            for (int at = aclHeader; at + aclEntry <= value.Length; at += aclEntry)
            {
                if (BinaryPrimitives.ReadUInt16LittleEndian(value[at..]) is namedUser or namedGroup)
                {
                    Move(value[(at + 4)..]);
                }
            }
        }
    }

    private void Move(Span<byte> id) => BinaryPrimitives.WriteUInt32LittleEndian(id, _ids.Of(BinaryPrimitives.ReadUInt32LittleEndian(id)));
}
