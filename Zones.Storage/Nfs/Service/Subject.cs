using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>The file that a call is about, kept open until disposed, and who the call acts as.</summary>
internal readonly struct Subject(ActiveExport export, FileNode node, in FileStatus status, FsIdentity caller, bool changes) : IDisposable
{
    private const int Read = 4, Write = 2, Execute = 1;

    private readonly FileStatus _status = status;

    public ActiveExport Export => export;

    public ExportTree Tree => export.Tree;

    public FileNode Node => node;

    /// <summary>Attributes when the call began.</summary>
    public FileStatus Status => _status;

    public FsIdentity Caller => caller;

    /// <summary>The attributes of when the call began, for one that changes nothing.</summary>
    public PostOpAttr Attributes => NfsAttributes.After(export, _status);

    /// <summary>The attributes of now; none when the file is gone.</summary>
    public PostOpAttr AttributesNow() => Calls.Status(node.Path, out FileStatus now) == 0 ? NfsAttributes.After(export, now) : default;

    /// <summary>What the file was like before a change that could not begin.</summary>
    public WccData Unchanged() => new(NfsAttributes.Before(_status), Attributes);

    /// <summary>What the file was like before, and is like now.</summary>
    public WccData ChangedSince(in FileStatus before)
    {
        if (Calls.Status(node.Path, out FileStatus now) != 0)
        {
            return new(NfsAttributes.Before(before), default);
        }

        node.ChangedHere(before, now);
        return new(NfsAttributes.Before(before), NfsAttributes.After(export, now));
    }

    /// <summary>Whether the caller may read a regular file's data. Its owner always may, because a local program could go on with a file that
    /// it has open after a chmod; and who may only execute it must read it for that.</summary>
    public int MayRead()
    {
        int errno = MayUse(Read);
        return errno == Linux.EACCES && Calls.Access(node.Path, Execute) == 0 ? 0 : errno;
    }

    /// <summary>Whether the caller may change a regular file's data; its owner always may.</summary>
    public int MayWrite() => MayUse(Write);

    public void Dispose()
    {
        node?.Dispose();
        if (changes)
        {
            export.Tree.Changed();
        }
    }

    private int MayUse(int mode)
    {
        if (!_status.IsRegular)
        {
            return _status.IsDirectory ? Linux.EISDIR : Linux.EINVAL;
        }

        int errno = Calls.Access(node.Path, mode);
        return errno == Linux.EACCES && _status.Uid == caller.Uid ? 0 : errno;
    }
}
