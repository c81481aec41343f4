using System.Buffers.Binary;
using System.Text;
using Zones.Wire;

namespace Zones.Roots;

/// <content>What is in a file, and what it has besides its name.</content>
internal sealed unsafe partial class TreeCopier
{
    private const long Lseek = 8, Pread = 17, Pwrite = 18, Ftruncate = 77, Fchmod = 91, Fchown = 93, Fsetxattr = 190, Fgetxattr = 193, Flistxattr = 196, CopyFileRange = 326;
    private const long CloneFile = 0x40049409; // FICLONE
    private const int SeekData = 3, SeekHole = 4;
    private const int ENXIO = 6, ENODATA = 61, EOPNOTSUPP = 95;
    private const int LargestAttribute = 64 << 10; // XATTR_SIZE_MAX, XATTR_LIST_MAX

    private readonly byte[] _buffer = new byte[2 * LargestAttribute];

    private void Data(int from, int to, long length)
    {
        if (length == 0 || Kernel.Call(Linux.Ioctl, to, CloneFile, from) == 0)
        {
            return;
        }

        Check("copy", Kernel.Call(Ftruncate, to, length));
        for (long at = 0; at < length;)
        {
            long data = Kernel.Call(Lseek, from, at, SeekData);
            if (data == -ENXIO)
            {
                return; // a hole to the end
            }

            Check("read", data);
            long hole = Kernel.Call(Lseek, from, data, SeekHole);
            Check("read", hole);
            _cancel.ThrowIfCancellationRequested();
            Range(from, to, data, Math.Min(hole, length));
            at = hole;
        }
    }

    private void Range(int from, int to, long at, long end)
    {
        while (at < end)
        {
            long input = at, output = at;
            long copied = Kernel.Call(CopyFileRange, from, (long)&input, to, (long)&output, end - at);
            if (copied is -Linux.EXDEV or -Linux.EINVAL or -EOPNOTSUPP or -Linux.ENOSYS)
            {
                copied = Chunk(from, to, at, end);
            }

            Check("copy", copied);
            if (copied == 0)
            {
                return;
            }

            at += copied;
        }
    }

    private long Chunk(int from, int to, long at, long end)
    {
        fixed (byte* buffer = _buffer)
        {
            long read = Kernel.Call(Pread, from, (long)buffer, Math.Min(_buffer.Length, end - at), at);
            return read <= 0 ? read : Kernel.Call(Pwrite, to, (long)buffer, read, at);
        }
    }

    /// <summary>In this order: a new owner takes set-user-id bits and capabilities away, and every change the time.</summary>
    private void Attributes(int from, int to, ulong* stat)
    {
        Check("set the owner of", Kernel.Call(Fchown, to, _ids.Of(User(stat)), _ids.Of(Group(stat))));
        Check("set the mode of", Kernel.Call(Fchmod, to, Mode(stat) & 0xFFF));
        Extended(from, to);
        Check("set the times of", Kernel.Call(Utimensat, to, 0, (long)(stat + 9), 0));
    }

    private void Extended(int from, int to)
    {
        fixed (byte* names = _buffer)
        {
            byte* value = names + LargestAttribute;
            long length = Kernel.Call(Flistxattr, from, (long)names, LargestAttribute);
            Check("list the attributes of", length == -EOPNOTSUPP ? 0 : length);
            for (int at = 0; at < length;)
            {
                int size = new ReadOnlySpan<byte>(names + at, (int)length - at).IndexOf((byte)0);
                string name = Encoding.UTF8.GetString(names + at, size);
                long got = Kernel.Call(Fgetxattr, from, (long)(names + at), (long)value, LargestAttribute);
                if (got != -ENODATA)
                {
                    Check($"read the attribute {name} of", got);
                    Move(name, new Span<byte>(value, (int)got));
                    long set = Kernel.Call(Fsetxattr, to, (long)(names + at), (long)value, got, 0);

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
