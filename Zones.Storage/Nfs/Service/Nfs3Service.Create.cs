using System.Buffers.Binary;
using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <content>CREATE, MKDIR, SYMLINK, MKNOD.</content>
internal sealed unsafe partial class Nfs3Service
{
    private const int ModeOfNewFile = 0x180 /* 0600 */, ModeOfNewDirectory = 0x1c0 /* 0700 */;

    /// <summary>What a call made, for its reply.</summary>
    private readonly record struct Made(int Errno, PostOpFh3 Handle, PostOpAttr Attributes, WccData DirectoryWcc);

    /// <summary>Makes an entry. Returns 0 or an errno; what exists already is EEXIST.</summary>
    private delegate int Maker(in Subject directory, byte* name);

    /// <inheritdoc/>
    public ValueTask<Create3Res> CreateAsync(Create3Args arguments, RpcCall call)
    {
        Createhow3 how = arguments.How;
        Made made = how.Mode == Createmode3.EXCLUSIVE
            ? Make(arguments.Where, call, (in Subject directory, byte* name) => CreateExclusive(directory, name, how.Verf.Span), default)
            : Make(arguments.Where, call, (in Subject directory, byte* name) => CreateFile(directory, name, how), how.ObjAttributes, isUnchecked: how.Mode == Createmode3.UNCHECKED);
        return new(made.Errno == 0
            ? Create3Res.WithResok(new Create3Resok(made.Handle, made.Attributes, made.DirectoryWcc))
            : Create3Res.WithResfail(NfsStatus.Of(made.Errno), new Create3Resfail(made.DirectoryWcc)));
    }

    /// <inheritdoc/>
    public ValueTask<Mkdir3Res> MkdirAsync(Mkdir3Args arguments, RpcCall call)
    {
        Sattr3 wanted = arguments.Attributes;
        Made made = Make(
            arguments.Where, call, (in Subject directory, byte* name) => Calls.MakeDirectory(directory.Node.Path, name, Mode(wanted, ModeOfNewDirectory)), wanted with { Size = default });
        return new(made.Errno == 0
            ? Mkdir3Res.WithResok(new Mkdir3Resok(made.Handle, made.Attributes, made.DirectoryWcc))
            : Mkdir3Res.WithResfail(NfsStatus.Of(made.Errno), new Mkdir3Resfail(made.DirectoryWcc)));
    }

    /// <inheritdoc/>
    public ValueTask<Symlink3Res> SymlinkAsync(Symlink3Args arguments, RpcCall call)
    {
        Symlinkdata3 link = arguments.Symlink;

        // A link has neither mode nor size of its own.
        Made made = Make(
            arguments.Where, call, (in Subject directory, byte* name) => MakeLink(directory, name, link.SymlinkData.Span), link.SymlinkAttributes with { Mode = default, Size = default });
        return new(made.Errno == 0
            ? Symlink3Res.WithResok(new Symlink3Resok(made.Handle, made.Attributes, made.DirectoryWcc))
            : Symlink3Res.WithResfail(NfsStatus.Of(made.Errno), new Symlink3Resfail(made.DirectoryWcc)));
    }

    /// <inheritdoc/>
    public ValueTask<Mknod3Res> MknodAsync(Mknod3Args arguments, RpcCall call)
    {
        Mknoddata3 what = arguments.What;
        (int type, Specdata3 device, Sattr3 wanted) = what.Type switch
        {
            Ftype3.NF3CHR => (FileType.Character, what.Device.Spec, what.Device.DevAttributes),
            Ftype3.NF3BLK => (FileType.Block, what.Device.Spec, what.Device.DevAttributes),
            Ftype3.NF3SOCK => (FileType.Socket, default, what.PipeAttributes),
            Ftype3.NF3FIFO => (FileType.Fifo, default, what.PipeAttributes),
            _ => (0, default, default),
        };
        Made made = Make(
            arguments.Where,
            call,
            (in Subject directory, byte* name) => type == 0 ? Errno.EBADTYPE : Calls.MakeNode(directory.Node.Path, name, type | Mode(wanted, ModeOfNewFile), DeviceOf(device)),
            wanted with { Size = default });
        return new(made.Errno == 0
            ? Mknod3Res.WithResok(new Mknod3Resok(made.Handle, made.Attributes, made.DirectoryWcc))
            : Mknod3Res.WithResfail(NfsStatus.Of(made.Errno), new Mknod3Resfail(made.DirectoryWcc)));
    }

    /// <summary>Makes an entry, gives it its attributes, and reports it with how the directory changed.</summary>
    /// <param name="where">The directory and the name.</param>
    /// <param name="call">The call.</param>
    /// <param name="maker">Makes it, as the caller.</param>
    /// <param name="wanted">Attributes that it gets afterwards.</param>
    /// <param name="isUnchecked">Whether a regular file that exists is as good. It keeps all attributes but its size, as knfsd has it: it may be another's.</param>
    private Made Make(Diropargs3 where, RpcCall call, Maker maker, Sattr3 wanted, bool isUnchecked = false)
    {
        Span<byte> name = stackalloc byte[FileName.BufferLength];
        int errno = BeginIn(where, call, name, out Subject directory);
        using (directory)
        {
            if (errno != 0)
            {
                return new(errno, default, default, Unchanged(directory));
            }

            if (FileName.IsDot(where.Name.Span) || FileName.IsDotDot(where.Name.Span))
            {
                return new(Linux.EEXIST, default, default, Unchanged(directory));
            }

            lock (directory.Node.Changing)
            {
                _ = Calls.Status(directory.Node.Path, out FileStatus before);
                FileNode? child = null;
                FileStatus status = default;
                fixed (byte* start = name)
                {
                    errno = maker(directory, start);
                }

                bool existed = isUnchecked && errno == Linux.EEXIST;
                if (existed)
                {
                    errno = 0;
                    wanted = new Sattr3 { Size = wanted.Size };
                }

                if (errno == 0)
                {
                    errno = directory.Tree.Lookup(directory.Node, name[..(where.Name.Length + 1)], out child, out status);
                }

                using (child)
                {
                    if (errno == 0 && existed && !status.IsRegular)
                    {
                        errno = Linux.EEXIST;
                    }

                    if (errno == 0)
                    {
                        errno = SetAttributes(new Subject(directory.Export, child!, status, directory.Caller, changes: true), wanted, isNew: true);
                    }

                    WccData wcc = directory.ChangedSince(before);
                    return errno == 0
                        ? new(0, HandleOf(child!), Calls.Status(child!.Path, out status) == 0 ? NfsAttributes.After(directory.Export, status) : default, wcc)
                        : new(errno, default, default, wcc);
                }
            }
        }
    }

    /// <summary>CREATE, unchecked or guarded. The kernel makes the file as the caller, in one step.</summary>
    private static int CreateFile(in Subject directory, byte* name, in Createhow3 how)
    {
        using SafeFd? file = Calls.OpenBeneath(
            directory.Node.Path, name, Linux.O_CREAT | Linux.O_EXCL | Linux.O_WRONLY | Linux.O_NOFOLLOW, Mode(how.ObjAttributes, ModeOfNewFile), out int errno);
        return errno;
    }

    /// <summary>CREATE, exclusive: the verifier is kept where nothing of worth is yet, in the times (RFC 1813, section 3.3.8). A call that is
    /// sent again finds it there and succeeds; the client then sets the times anyway.</summary>
    private static int CreateExclusive(in Subject directory, byte* name, ReadOnlySpan<byte> verifier)
    {
        // Without their sign bits, so that a file system with 32 bits of time has them as well.
        Timespec* times = stackalloc Timespec[2];
        times[0] = new(BinaryPrimitives.ReadInt32BigEndian(verifier) & int.MaxValue, 0);
        times[1] = new(BinaryPrimitives.ReadInt32BigEndian(verifier[4..]) & int.MaxValue, 0);
        using SafeFd? file = Calls.OpenBeneath(directory.Node.Path, name, Linux.O_CREAT | Linux.O_EXCL | Linux.O_WRONLY | Linux.O_NOFOLLOW, ModeOfNewFile, out int errno);
        if (file is not null)
        {
            return Calls.ChangeTimes(file, times);
        }

        if (errno != Linux.EEXIST)
        {
            return errno;
        }

        using SafeFd? there = Calls.OpenBeneath(directory.Node.Path, name, Linux.O_PATH | Linux.O_NOFOLLOW, 0, out errno);
        return there is null || Calls.Status(there, out FileStatus status) != 0 ? errno
            : status.IsRegular && status.Size == 0 && status.Accessed.Seconds == times[0].Seconds && status.Modified.Seconds == times[1].Seconds ? 0
            : Linux.EEXIST;
    }

    private static int MakeLink(in Subject directory, byte* name, ReadOnlySpan<byte> target)
    {
        if (target.Length >= LongestTarget || target.Contains((byte)0))
        {
            return target.Length >= LongestTarget ? Errno.ENAMETOOLONG : Linux.EINVAL;
        }

        Span<byte> terminated = stackalloc byte[LongestTarget];
        target.CopyTo(terminated);
        terminated[target.Length] = 0;
        fixed (byte* start = terminated)
        {
            return Calls.MakeLink(start, directory.Node.Path, name);
        }
    }

    private static int Mode(in Sattr3 wanted, int otherwise) => wanted.Mode.SetIt ? (int)(wanted.Mode.Mode & 0xfff) : otherwise;

    /// <summary>makedev(3).</summary>
    private static ulong DeviceOf(Specdata3 device) =>
        ((ulong)(device.Specdata1 & 0xfffff000) << 32) | ((device.Specdata1 & 0xfff) << 8) | ((ulong)(device.Specdata2 & 0xffffff00) << 12) | (device.Specdata2 & 0xff);
}
