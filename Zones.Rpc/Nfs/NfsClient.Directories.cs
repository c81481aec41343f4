using System.Runtime.CompilerServices;
using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>Directories, listed call by call as the caller goes on.</summary>
public sealed partial class NfsClient
{
    // What a server that names no preferred size (dtpref) is asked for.
    private const uint UsualListing = 64 * 1024;
    private const int VerifierSize = Nfs3Constants.NFS3_COOKIEVERFSIZE;

    private uint ListingSize => Info.Dtpref is > 0 and <= 1024 * 1024 ? Math.Max(Info.Dtpref, 4096) : UsualListing;

    /// <summary>The names in a directory, <c>.</c> and <c>..</c> too where the server has them (READDIR).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async IAsyncEnumerable<Entry3> ReaddirAsync(NfsFh3 directory, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ulong cookie = 0;
        XdrOpaque verifier = new byte[VerifierSize];
        Dirlist3 part;
        do
        {
            Readdir3Res result = await _nfs.ReaddirAsync(new(directory, cookie, verifier, ListingSize), cancellationToken).ConfigureAwait(false);
            Check(result.Status, "READDIR");
            (part, verifier) = (result.Resok.Reply, result.Resok.Cookieverf);
            for (int i = 0; i < part.Entries.Count; i++)
            {
                cookie = part.Entries[i].Cookie;
                yield return part.Entries[i];
            }

            MustGoOn(part.Entries.Count, part.Eof);
        }
        while (!part.Eof);
    }

    /// <summary>The names in a directory with attributes and handles (READDIRPLUS).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async IAsyncEnumerable<Entryplus3> ReaddirplusAsync(NfsFh3 directory, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ulong cookie = 0;
        XdrOpaque verifier = new byte[VerifierSize];
        Dirlistplus3 part;
        do
        {
            Readdirplus3Res result = await _nfs.ReaddirplusAsync(new(directory, cookie, verifier, ListingSize, ListingSize), cancellationToken).ConfigureAwait(false);
            Check(result.Status, "READDIRPLUS");
            (part, verifier) = (result.Resok.Reply, result.Resok.Cookieverf);
            for (int i = 0; i < part.Entries.Count; i++)
            {
                cookie = part.Entries[i].Cookie;
                yield return part.Entries[i];
            }

            MustGoOn(part.Entries.Count, part.Eof);
        }
        while (!part.Eof);
    }

    /// <summary>A server that gives nothing and no end would be asked for ever.</summary>
    private static void MustGoOn(int entries, bool isEnd)
    {
        if (entries == 0 && !isEnd)
        {
            throw new RpcException("the server lists no entry and no end of the directory");
        }
    }
}
