using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <content>GETATTR, SETATTR, ACCESS.</content>
internal sealed partial class Nfs3Service
{
    private const uint AccessRead = Nfs3Constants.ACCESS3_READ, AccessLookup = Nfs3Constants.ACCESS3_LOOKUP, AccessModify = Nfs3Constants.ACCESS3_MODIFY,
        AccessExtend = Nfs3Constants.ACCESS3_EXTEND, AccessDelete = Nfs3Constants.ACCESS3_DELETE, AccessExecute = Nfs3Constants.ACCESS3_EXECUTE;

    /// <inheritdoc/>
    public ValueTask<Getattr3Res> GetattrAsync(Getattr3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.Object.Data, call, changes: false, out Subject file);
        using (file)
        {
            return new(errno == 0
                ? Getattr3Res.WithResok(new Getattr3Resok(NfsAttributes.Of(file.Export, file.Status)))
                : Getattr3Res.Without(NfsStatus.Of(errno)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Access3Res> AccessAsync(Access3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.Object.Data, call, changes: false, out Subject file);
        using (file)
        {
            return new(errno == 0
                ? Access3Res.WithResok(new Access3Resok(file.Attributes, Allowed(file, arguments.Access)))
                : Access3Res.WithResfail(NfsStatus.Of(errno), default));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Setattr3Res> SetattrAsync(Setattr3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.Object.Data, call, changes: true, out Subject file);
        using (file)
        {
            if (errno != 0)
            {
                return new(Setattr3Res.WithResfail(NfsStatus.Of(errno), default));
            }

            lock (file.Node.Changing)
            {
                errno = Calls.Status(file.Node.Path, out FileStatus before);
                if (errno == 0 && arguments.Guard.Check && arguments.Guard.ObjCtime != NfsAttributes.TimeOf(before.Changed))
                {
                    errno = Errno.ENOTSYNC;
                }

                if (errno == 0)
                {
                    errno = SetAttributes(file, arguments.NewAttributes, isNew: false);
                }

                WccData wcc = file.ChangedSince(before);
                return new(errno == 0
                    ? Setattr3Res.WithResok(new Setattr3Resok(wcc))
                    : Setattr3Res.WithResfail(NfsStatus.Of(errno), new Setattr3Resfail(wcc)));
            }
        }
    }

    /// <summary>Which of the wanted kinds of access the kernel would allow the caller now.</summary>
    private static uint Allowed(in Subject file, uint wanted)
    {
        const int read = 4, write = 2, execute = 1;
        bool isDirectory = file.Status.IsDirectory;
        bool mayChange = file.Export.Options.ReadWrite;
        uint allowed = 0;
        Ask(file, AccessRead, read);
        Ask(file, isDirectory ? AccessLookup : AccessExecute, execute);
        if (mayChange)
        {
            Ask(file, AccessModify | AccessExtend, write);
        }

        // Removing an entry needs both; of what is no directory there is nothing to remove.
        if (mayChange && isDirectory)
        {
            Ask(file, AccessDelete, write | execute);
        }

        return allowed;

        void Ask(in Subject subject, uint kinds, int mode)
        {
            if ((wanted & kinds) != 0 && Calls.Access(subject.Node.Path, mode) == 0)
            {
                allowed |= wanted & kinds;
            }
        }
    }

    /// <summary>Changes what is to be changed, in an order in which nothing undoes what came before: a truncation sets the time, a change of
    /// owner takes set-id bits away.</summary>
    /// <param name="file">Which; the thread acts as its caller, before and after.</param>
    /// <param name="wanted">What is to be different.</param>
    /// <param name="isNew">Whether the caller just made it: then an owner that only root could give is not asked for, as knfsd has it.</param>
    private static unsafe int SetAttributes(in Subject file, in Sattr3 wanted, bool isNew)
    {
        int errno = 0;
        if (wanted.Size.SetIt && !(isNew && wanted.Size.Size == file.Status.Size))
        {
            errno = SetSize(file, wanted.Size.Size);
        }

        if (errno == 0 && (wanted.Uid.SetIt || wanted.Gid.SetIt) && !(isNew && file.Caller.Uid != 0))
        {
            IdShift ids = file.Export.Options.Ids;
            uint uid = uint.MaxValue;
            uint gid = uint.MaxValue;
            bool known = (!wanted.Uid.SetIt || ids.TryToDisk(wanted.Uid.Uid, out uid)) & (!wanted.Gid.SetIt || ids.TryToDisk(wanted.Gid.Gid, out gid));
            errno = known ? Calls.ChangeOwner(file.Node.Path, (int)uid, (int)gid) : Linux.EINVAL;
        }

        if (errno == 0 && wanted.Mode.SetIt)
        {
            errno = Calls.ChangeModeOfPath(file.Node.Path, (int)(wanted.Mode.Mode & 0xfff));
        }

        if (errno == 0 && (wanted.Atime.SetIt != TimeHow.DONT_CHANGE || wanted.Mtime.SetIt != TimeHow.DONT_CHANGE))
        {
            Timespec* times = stackalloc Timespec[2];
            times[0] = wanted.Atime.SetIt == TimeHow.SET_TO_CLIENT_TIME ? TimeOf(wanted.Atime.Atime) : Server(wanted.Atime.SetIt);
            times[1] = wanted.Mtime.SetIt == TimeHow.SET_TO_CLIENT_TIME ? TimeOf(wanted.Mtime.Mtime) : Server(wanted.Mtime.SetIt);
            errno = times[0].Nanoseconds == uint.MaxValue || times[1].Nanoseconds == uint.MaxValue ? Linux.EINVAL : Calls.ChangeTimes(file.Node.Path, times);
        }

        return errno;

        static Timespec Server(TimeHow how) => how == TimeHow.DONT_CHANGE ? Timespec.Omit : Timespec.Now;

        // The kernel's own two marks are numbers of nanoseconds that no client may name.
        static Timespec TimeOf(Nfstime3 time) => new(time.Seconds, time.Nseconds < 1_000_000_000 ? time.Nseconds : uint.MaxValue);
    }

    private static int SetSize(in Subject file, ulong size)
    {
        int errno = size > long.MaxValue ? Errno.EFBIG : file.MayWrite();
        if (errno != 0)
        {
            return errno;
        }

        using SafeFd? writer = file.Node.OpenWriter(out errno);
        file.Caller.Assume();
        return writer is null ? errno : Calls.Truncate(writer, (long)size);
    }
}
