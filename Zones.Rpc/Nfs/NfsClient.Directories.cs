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

    private delegate Task<(XdrArray<T> Entries, XdrOpaque Verifier, bool Eof)> Listing<T>(ulong cookie, XdrOpaque verifier, CancellationToken cancellationToken);

    /// <summary>The names in a directory, <c>.</c> and <c>..</c> too where the server has them (READDIR).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public IAsyncEnumerable<Entry3> ReaddirAsync(NfsFh3 directory, CancellationToken cancellationToken = default) => ListAsync(
        async (cookie, verifier, cancel) =>
        {
            Readdir3Res result = await _nfs.ReaddirAsync(new(directory, cookie, verifier, ListingSize), cancel).ConfigureAwait(false);
            Check(result.Status, "READDIR");
            return (result.Resok.Reply.Entries, result.Resok.Cookieverf, result.Resok.Reply.Eof);
        },
        entry => entry.Cookie,
        cancellationToken);

    /// <summary>The names in a directory with attributes and handles (READDIRPLUS).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public IAsyncEnumerable<Entryplus3> ReaddirplusAsync(NfsFh3 directory, CancellationToken cancellationToken = default) => ListAsync(
        async (cookie, verifier, cancel) =>
        {
            Readdirplus3Res result = await _nfs.ReaddirplusAsync(new(directory, cookie, verifier, ListingSize, ListingSize), cancel).ConfigureAwait(false);
            Check(result.Status, "READDIRPLUS");
            return (result.Resok.Reply.Entries, result.Resok.Cookieverf, result.Resok.Reply.Eof);
        },
        entry => entry.Cookie,
        cancellationToken);

    private static async IAsyncEnumerable<T> ListAsync<T>(Listing<T> ask, Func<T, ulong> cookieOf, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (ulong cookie, XdrOpaque verifier, bool isEnd) = (0, new byte[VerifierSize], false);
        while (!isEnd)
        {
            (XdrArray<T> entries, verifier, isEnd) = await ask(cookie, verifier, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < entries.Count; i++)
            {
                cookie = cookieOf(entries[i]);
                yield return entries[i];
            }

            if (entries.Count == 0 && !isEnd)
            {
                throw new RpcException("the server lists no entry and no end of the directory"); // it would be asked for ever
            }
        }
    }
}
