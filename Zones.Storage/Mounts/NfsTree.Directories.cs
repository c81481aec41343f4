using System.Buffers.Binary;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Fuse;

namespace Zones.Storage.Mounts;

/// <content>Listings, in both forms that the protocol has.</content>
internal sealed partial class NfsTree
{
    public async ValueTask<RemotePage> ListAsync(byte[] directory, ulong cookie, ulong verifier, bool plus, CancellationToken cancellationToken)
    {
        RemotePage page = await PageAsync(directory, cookie, verifier, plus, cancellationToken).ConfigureAwait(false);

        // The directory changed since the cookie was given: a verifier of 0 asks a server that can to go on all the same.
        return page.Errno == BadCookie && verifier != 0
            ? await PageAsync(directory, cookie, 0, plus, cancellationToken).ConfigureAwait(false)
            : page;
    }

    private const int BadCookie = (int)Nfsstat3.NFS3ERR_BAD_COOKIE;

    private ValueTask<RemotePage> PageAsync(byte[] directory, ulong cookie, ulong verifier, bool plus, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, verifier);
        return plus
            ? WithFilesAsync(new(new(directory), cookie, bytes, ListNames, ListAll), cancellationToken)
            : NamesAsync(new(new(directory), cookie, bytes, ListNames), cancellationToken);
    }

    private async ValueTask<RemotePage> NamesAsync(Readdir3Args arguments, CancellationToken cancellationToken)
    {
        (int errno, Readdir3Res found) = await CallAsync(_client.ReaddirAsync, arguments, result => result.Status, cancellationToken).ConfigureAwait(false);
        if (errno != 0)
        {
            return Failed(errno, found.Status);
        }

        Dirlist3 list = found.Resok.Reply;
        RemoteDirectoryEntry[] entries = new RemoteDirectoryEntry[list.Entries.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            Entry3 entry = list.Entries[i];
            entries[i] = new(entry.Fileid, entry.Cookie, entry.Name.Memory, null);
        }

        return new(0, entries, BinaryPrimitives.ReadUInt64BigEndian(found.Resok.Cookieverf.Span), list.Eof);
    }

    private async ValueTask<RemotePage> WithFilesAsync(Readdirplus3Args arguments, CancellationToken cancellationToken)
    {
        (int errno, Readdirplus3Res found) = await CallAsync(_client.ReaddirplusAsync, arguments, result => result.Status, cancellationToken).ConfigureAwait(false);
        if (errno != 0)
        {
            return Failed(errno, found.Status);
        }

        Dirlistplus3 list = found.Resok.Reply;
        RemoteDirectoryEntry[] entries = new RemoteDirectoryEntry[list.Entries.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            Entryplus3 entry = list.Entries[i];
            ReadOnlyMemory<byte> handle = entry.NameHandle.HandleFollows ? entry.NameHandle.Handle.Data.Memory : default;
            entries[i] = new(entry.Fileid, entry.Cookie, entry.Name.Memory, new(0, handle, Attributes(entry.NameAttributes)));
        }

        return new(0, entries, BinaryPrimitives.ReadUInt64BigEndian(found.Resok.Cookieverf.Span), list.Eof);
    }

    /// <summary>An error; a bad cookie is told as such, so that it can be tried otherwise.</summary>
    private static RemotePage Failed(int errno, Nfsstat3 status) => new(status == Nfsstat3.NFS3ERR_BAD_COOKIE ? BadCookie : errno, [], 0, true);
}
