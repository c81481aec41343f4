using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <content>REMOVE, RMDIR, RENAME, LINK.</content>
internal sealed unsafe partial class Nfs3Service
{
    /// <inheritdoc/>
    public ValueTask<Remove3Res> RemoveAsync(Remove3Args arguments, RpcCall call)
    {
        (int errno, WccData wcc) = Remove(arguments.Object, call, isDirectory: false);
        return new(errno == 0 ? Remove3Res.WithResok(new Remove3Resok(wcc)) : Remove3Res.WithResfail(NfsStatus.Of(errno), new Remove3Resfail(wcc)));
    }

    /// <inheritdoc/>
    public ValueTask<Rmdir3Res> RmdirAsync(Rmdir3Args arguments, RpcCall call)
    {
        (int errno, WccData wcc) = Remove(arguments.Object, call, isDirectory: true);
        return new(errno == 0 ? Rmdir3Res.WithResok(new Rmdir3Resok(wcc)) : Rmdir3Res.WithResfail(NfsStatus.Of(errno), new Rmdir3Resfail(wcc)));
    }

    /// <inheritdoc/>
    public ValueTask<Rename3Res> RenameAsync(Rename3Args arguments, RpcCall call)
    {
        Span<byte> name = stackalloc byte[FileName.BufferLength];
        Span<byte> newName = stackalloc byte[FileName.BufferLength];
        int errno = BeginIn(arguments.From, call, name, out Subject from);
        using (from)
        {
            int second = BeginIn(arguments.To, call, newName, out Subject to);
            using (to)
            {
                errno = errno != 0 ? errno
                    : second != 0 ? second
                    : !ReferenceEquals(from.Tree, to.Tree) ? Linux.EXDEV
                    : IsNoEntry(arguments.From) || IsNoEntry(arguments.To) ? Linux.EINVAL
                    : 0;
                if (errno != 0)
                {
                    return new(Rename3Res.WithResfail(NfsStatus.Of(errno), new Rename3Resfail(Unchanged(from), Unchanged(to))));
                }

                // Always in one order, so that two calls that want the same two directories do not wait for each other.
                bool swapped = from.Status.Inode > to.Status.Inode;
                lock ((swapped ? to : from).Node.Changing)
                {
                    lock ((swapped ? from : to).Node.Changing)
                    {
                        _ = Calls.Status(from.Node.Path, out FileStatus fromBefore);
                        _ = Calls.Status(to.Node.Path, out FileStatus toBefore);
                        fixed (byte* start = name, newStart = newName)
                        {
                            using FileNode? replaced = Known(to, newName[..(arguments.To.Name.Length + 1)]);
                            errno = Calls.Rename(from.Node.Path, start, to.Node.Path, newStart);
                            ForgetIfGone(replaced);
                        }

                        WccData fromWcc = from.ChangedSince(fromBefore);
                        WccData toWcc = to.ChangedSince(toBefore);
                        return new(errno == 0
                            ? Rename3Res.WithResok(new Rename3Resok(fromWcc, toWcc))
                            : Rename3Res.WithResfail(NfsStatus.Of(errno), new Rename3Resfail(fromWcc, toWcc)));
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<Link3Res> LinkAsync(Link3Args arguments, RpcCall call)
    {
        Span<byte> name = stackalloc byte[FileName.BufferLength];
        int errno = Begin(arguments.File.Data, call, changes: true, out Subject file);
        using (file)
        {
            int second = BeginIn(arguments.Link, call, name, out Subject directory);
            using (directory)
            {
                errno = errno != 0 ? errno
                    : second != 0 ? second
                    : !ReferenceEquals(file.Tree, directory.Tree) ? Linux.EXDEV
                    : IsNoEntry(arguments.Link) ? Linux.EEXIST
                    : file.Status.IsDirectory ? Linux.EINVAL
                    : 0;
                if (errno != 0)
                {
                    return new(Link3Res.WithResfail(NfsStatus.Of(errno), new Link3Resfail(Attributes(file), Unchanged(directory))));
                }

                lock (directory.Node.Changing)
                {
                    _ = Calls.Status(directory.Node.Path, out FileStatus before);
                    fixed (byte* start = name)
                    {
                        errno = Calls.Link(file.Node.Path, directory.Node.Path, start);
                    }

                    WccData wcc = directory.ChangedSince(before);
                    return new(errno == 0
                        ? Link3Res.WithResok(new Link3Resok(file.AttributesNow(), wcc))
                        : Link3Res.WithResfail(NfsStatus.Of(errno), new Link3Resfail(file.AttributesNow(), wcc)));
                }
            }
        }
    }

    private (int Errno, WccData Wcc) Remove(Diropargs3 what, RpcCall call, bool isDirectory)
    {
        Span<byte> name = stackalloc byte[FileName.BufferLength];
        int errno = BeginIn(what, call, name, out Subject directory);
        using (directory)
        {
            if (errno == 0 && IsNoEntry(what))
            {
                errno = FileName.IsDot(what.Name.Span) ? Linux.EINVAL : Linux.EEXIST;
            }

            if (errno != 0)
            {
                return (errno, Unchanged(directory));
            }

            lock (directory.Node.Changing)
            {
                _ = Calls.Status(directory.Node.Path, out FileStatus before);
                using FileNode? removed = Known(directory, name[..(what.Name.Length + 1)]);
                fixed (byte* start = name)
                {
                    errno = Calls.Unlink(directory.Node.Path, start, isDirectory);
                }

                ForgetIfGone(removed);
                return (errno, directory.ChangedSince(before));
            }
        }
    }

    /// <summary>The node of a name that is about to go, if it is open.</summary>
    private static FileNode? Known(in Subject directory, ReadOnlySpan<byte> name) => directory.Tree.Known(directory.Node, name);

    /// <summary>An open descriptor would keep the disk space of a file that has lost its last name.</summary>
    private static void ForgetIfGone(FileNode? node)
    {
        if (node is not null && Calls.Status(node.Path, out FileStatus status) == 0 && (status.LinkCount == 0 || status.IsDirectory))
        {
            node.Tree.Forget(node);
        }
    }

    /// <summary>"." and ".." are names, but no entries that could be moved or removed.</summary>
    private static bool IsNoEntry(Diropargs3 where) => FileName.IsDot(where.Name.Span) || FileName.IsDotDot(where.Name.Span);
}
