using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <content>LOOKUP, READLINK.</content>
internal sealed partial class Nfs3Service
{
    private const int LongestTarget = 4096;

    /// <inheritdoc/>
    public ValueTask<Lookup3Res> LookupAsync(Lookup3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.What.Dir.Data, call, changes: false, out Subject directory);
        using (directory)
        {
            if (errno == 0)
            {
                Span<byte> name = stackalloc byte[FileName.BufferLength];
                errno = !directory.Status.IsDirectory ? Linux.ENOTDIR : FileName.Terminate(arguments.What.Name.Span, name);
                if (errno == 0)
                {
                    errno = directory.Tree.Lookup(directory.Node, name[..(arguments.What.Name.Length + 1)], out FileNode? child, out FileStatus status);
                    using (child)
                    {
                        if (errno == 0)
                        {
                            return new(Lookup3Res.WithResok(new Lookup3Resok(new NfsFh3(child!.Handle), NfsAttributes.After(directory.Export, status), directory.Attributes)));
                        }
                    }
                }
            }

            return new(Lookup3Res.WithResfail(NfsStatus.Of(errno), new Lookup3Resfail(Attributes(directory))));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Readlink3Res> ReadlinkAsync(Readlink3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.Symlink.Data, call, changes: false, out Subject link);
        using (link)
        {
            if (errno == 0)
            {
                Span<byte> target = stackalloc byte[LongestTarget];
                long length = link.Status.Type == FileType.SymbolicLink ? Calls.ReadLink(link.Node.Path, target) : -Linux.EINVAL;
                if (length >= 0)
                {
                    return new(Readlink3Res.WithResok(new Readlink3Resok(link.Attributes, target[..(int)length].ToArray())));
                }

                errno = (int)-length;
            }

            return new(Readlink3Res.WithResfail(NfsStatus.Of(errno), new Readlink3Resfail(Attributes(link))));
        }
    }
}
