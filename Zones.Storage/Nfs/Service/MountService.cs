using System.Net;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>The procedures of MOUNT version 3 (RFC 1813, appendix I): where clients get their first handle.</summary>
internal sealed class MountService(Func<ExportTable> exports) : IMount3Server
{
    private const int AuthNone = 0, AuthSys = 1;

    /// <summary>The list of mounts is a courtesy to people; it is no longer than this, and no call looks at it.</summary>
    private const int MostMounts = 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<(IPAddress Client, XdrString Path)> _mounts = new();

    /// <inheritdoc/>
    public ValueTask<Mountres3> MntAsync(XdrString arguments, RpcCall call)
    {
        int errno = Find(arguments.Span, call.Client, out byte[] handle);
        if (errno != 0)
        {
            return new(Mountres3.Without(StatusOf(errno)));
        }

        if (exports().Find(arguments.Span, out _) is { Options.Listed: true })
        {
            Remember(call.Client.Address, arguments.Copy());
        }

        return new(Mountres3.WithMountinfo(new Mountres3Ok(handle, [AuthSys, AuthNone])));
    }

    /// <inheritdoc/>
    public ValueTask<XdrArray<Mountbody>> DumpAsync(RpcCall call)
    {
        lock (_lock)
        {
            return new(new XdrArray<Mountbody>([.. _mounts.Select(mount => new Mountbody(mount.Client.ToString(), mount.Path))]));
        }
    }

    /// <inheritdoc/>
    public ValueTask UmntAsync(XdrString arguments, RpcCall call)
    {
        lock (_lock)
        {
            _mounts.Remove((call.Client.Address, arguments));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask UmntallAsync(RpcCall call)
    {
        lock (_lock)
        {
            foreach ((IPAddress Client, XdrString Path) mount in _mounts.Where(mount => mount.Client.Equals(call.Client.Address)).ToArray())
            {
                _mounts.Remove(mount);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<XdrArray<Exportnode>> ExportAsync(RpcCall call) => new(new XdrArray<Exportnode>(
        [.. exports().All.Where(export => export.Options.Listed).Select(export => new Exportnode("/" + export.Options.Name, new XdrArray<Groupnode>([.. export.Options.Clients.Select(client => new Groupnode(client.ToString()))])))]));

    private int Find(ReadOnlySpan<byte> path, IPEndPoint client, out byte[] handle)
    {
        handle = [];
        if (exports().Find(path, out ReadOnlySpan<byte> below) is not { } export)
        {
            return Linux.ENOENT;
        }

        if (!export.Options.Admits(client))
        {
            return Linux.EACCES;
        }

        FsIdentity.Server.Assume();
        int errno = export.Tree.Top(out FileNode? node, out FileStatus status);
        Span<byte> name = stackalloc byte[FileName.BufferLength];
        while (errno == 0 && !below.IsEmpty)
        {
            int slash = below.IndexOf((byte)'/');
            ReadOnlySpan<byte> first = slash < 0 ? below : below[..slash];
            below = slash < 0 ? [] : below[slash..].TrimStart((byte)'/');
            using FileNode directory = node!;
            node = null;
            errno = FileName.Terminate(first, name);
            if (errno == 0)
            {
                errno = export.Tree.Lookup(directory, name[..(first.Length + 1)], out node, out status);
            }
        }

        using (node)
        {
            errno = errno == 0 && !status.IsDirectory ? Linux.ENOTDIR : errno;
            handle = errno == 0 ? node!.Handle : [];
            return errno;
        }
    }

    private void Remember(IPAddress client, XdrString path)
    {
        lock (_lock)
        {
            _mounts.Remove((client, path));
            _mounts.AddLast((client, path));
            if (_mounts.Count > MostMounts)
            {
                _mounts.RemoveFirst();
            }
        }
    }

    private static Mountstat3 StatusOf(int errno) => errno switch
    {
        Linux.EPERM => Mountstat3.MNT3ERR_PERM,
        Linux.ENOENT or Errno.ESTALE => Mountstat3.MNT3ERR_NOENT,
        Linux.EACCES => Mountstat3.MNT3ERR_ACCES,
        Linux.ENOTDIR or Linux.ELOOP => Mountstat3.MNT3ERR_NOTDIR,
        Linux.EINVAL => Mountstat3.MNT3ERR_INVAL,
        Errno.ENAMETOOLONG => Mountstat3.MNT3ERR_NAMETOOLONG,
        Linux.EIO => Mountstat3.MNT3ERR_IO,
        _ => Mountstat3.MNT3ERR_SERVERFAULT,
    };
}
