using System.Security.Cryptography;
using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>
/// The procedures of NFSv3 (RFC 1813, section 3.3) over the exports of the moment. Each runs to its end on a thread that serves calls
/// alone (<see cref="FsIdentity"/>), as the caller: what a file system allows, the kernel decides. The tasks are complete when they are
/// returned.
/// </summary>
internal sealed partial class Nfs3Service(HandleCodec codec, Func<ExportTable> exports, ListingCache listings) : INfs3Server
{
    /// <summary>The most data in one READ or WRITE, bytes.</summary>
    public const uint MaxTransfer = 1 << 20;

    private byte[] _writeVerifier = RandomNumberGenerator.GetBytes(Nfs3Constants.NFS3_WRITEVERFSIZE);

    /// <summary>Finds the file that a call is about and takes on the caller's identity.</summary>
    /// <param name="handle">What the client sent.</param>
    /// <param name="call">The call.</param>
    /// <param name="changes">Whether it would change something: then a read-only export refuses it before anything is touched.</param>
    /// <param name="subject">The file; nothing to dispose when an errno is returned.</param>
    private int Begin(XdrOpaque handle, RpcCall call, bool changes, out Subject subject)
    {
        subject = default;
        if (!HandleCodec.TryParse(handle.Span, out uint exportId, out KernelHandle file))
        {
            return Errno.EBADHANDLE;
        }

        if (exports().Find(exportId) is not { } export)
        {
            return codec.IsAuthentic(handle.Span) ? Errno.ESTALE : Errno.EBADHANDLE;
        }

        if (!export.Options.Admits(call.Client))
        {
            return Linux.EACCES;
        }

        if (changes && !export.Options.ReadWrite)
        {
            return codec.IsAuthentic(handle.Span) ? Linux.EROFS : Errno.EBADHANDLE;
        }

        int errno = export.Tree.Find(handle.Span, file, out FileNode? node, out FileStatus status);
        if (errno == 0)
        {
            subject = new Subject(export, node!, status, call.Identity(export.Options), changes);
            subject.Caller.Assume();
        }

        return errno;
    }

    /// <summary>Finds a directory to do something with one name in.</summary>
    private int BeginIn(Diropargs3 where, RpcCall call, Span<byte> name, out Subject directory)
    {
        int errno = Begin(where.Dir.Data, call, changes: true, out directory);
        if (errno == 0)
        {
            errno = !directory.Status.IsDirectory ? Linux.ENOTDIR : FileName.Terminate(where.Name.Span, name);
        }

        return errno;
    }

    private static PostOpFh3 HandleOf(FileNode node) => PostOpFh3.WithHandle(new NfsFh3(node.Handle));

    /// <summary>What is known about a directory in which nothing was changed; nothing when it was not found at all.</summary>
    private static WccData Unchanged(in Subject subject) => subject.Node is null ? default : subject.Unchanged();

    private static PostOpAttr Attributes(in Subject subject) => subject.Node is null ? default : subject.Attributes;
}
