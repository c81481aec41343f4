using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Tests.Storage;

/// <summary>Whole listings, part by part as a client asks for them.</summary>
internal static class Listing
{
    public static async Task<List<Entryplus3>> PlusAsync(Nfs3Client client, NfsFh3 directory, uint maxCount = 8192, Func<int, Task>? between = null)
    {
        List<Entryplus3> entries = [];
        ulong cookie = 0;
        XdrOpaque verifier = new byte[8];
        for (int part = 0; ; part++)
        {
            Readdirplus3Res listed = await client.ReaddirplusAsync(new Readdirplus3Args(directory, cookie, verifier, maxCount, maxCount));
            Assert.Equal(Nfsstat3.NFS3_OK, listed.Status);
            entries.AddRange(listed.Resok.Reply.Entries);
            verifier = listed.Resok.Cookieverf;
            if (listed.Resok.Reply.Eof)
            {
                return entries;
            }

            Assert.NotEmpty(listed.Resok.Reply.Entries);
            cookie = entries[^1].Cookie;
            await (between?.Invoke(part) ?? Task.CompletedTask);
        }
    }

    public static async Task<List<Entry3>> PlainAsync(Nfs3Client client, NfsFh3 directory, uint count = 4096)
    {
        List<Entry3> entries = [];
        ulong cookie = 0;
        XdrOpaque verifier = new byte[8];
        while (true)
        {
            Readdir3Res listed = await client.ReaddirAsync(new Readdir3Args(directory, cookie, verifier, count));
            Assert.Equal(Nfsstat3.NFS3_OK, listed.Status);
            entries.AddRange(listed.Resok.Reply.Entries);
            verifier = listed.Resok.Cookieverf;
            if (listed.Resok.Reply.Eof)
            {
                return entries;
            }

            cookie = entries[^1].Cookie;
        }
    }
}
