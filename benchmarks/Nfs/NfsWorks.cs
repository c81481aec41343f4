using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Benchmarks;

/// <summary>The calls that are measured.</summary>
internal static class NfsWorks
{
    private const uint AllAccess = 0x3f;

    public static async ValueTask GetattrAsync(NfsLoad load, Nfs3Client client, int number) =>
        Check((await client.GetattrAsync(new Getattr3Args(load.File))).Status);

    public static async ValueTask LookupAsync(NfsLoad load, Nfs3Client client, int number) =>
        Check((await client.LookupAsync(new Lookup3Args(new Diropargs3(load.Directory, NfsTree.NameOf(number * 7919 % NfsTree.Entries))))).Status);

    public static async ValueTask AccessAsync(NfsLoad load, Nfs3Client client, int number) =>
        Check((await client.AccessAsync(new Access3Args(load.File, AllAccess))).Status);

    /// <summary>Reads one after the other; the file is small enough to begin again.</summary>
    public static NfsWork Sequential(int size) => (load, client, number) => ReadAsync(load, client, (long)number * size % NfsTree.FileSize, size);

    /// <summary>Reads here and there, the same places for every server.</summary>
    public static ValueTask RandomAsync(NfsLoad load, Nfs3Client client, int number)
    {
        const int size = 4096;
        return ReadAsync(load, client, (long)(uint)(number * 2654435761u) % (NfsTree.FileSize / size) * size, size);
    }

    /// <summary>One whole listing, in replies of 64 KiB.</summary>
    public static async ValueTask ListAsync(NfsLoad load, Nfs3Client client, int number)
    {
        ulong cookie = 0;
        XdrOpaque verifier = new byte[8];
        for (bool end = false; !end;)
        {
            Readdirplus3Res listed = await client.ReaddirplusAsync(new Readdirplus3Args(load.Directory, cookie, verifier, 64 << 10, 64 << 10));
            Check(listed.Status);
            verifier = listed.Resok.Cookieverf.Copy();
            end = listed.Resok.Reply.Eof;
            cookie = listed.Resok.Reply.Entries.Count > 0 ? listed.Resok.Reply.Entries.Span[^1].Cookie : cookie;
        }
    }

    private static async ValueTask ReadAsync(NfsLoad load, Nfs3Client client, long offset, int size)
    {
        int length = await client.Rpc.CallAsync<Read3Args, int, LengthOnly>(
            Nfs3Client.Program, Nfs3Client.Version, (uint)Nfs3Procedure.READ, new Read3Args(load.File, (ulong)offset, (uint)size), default);
        if (length != size)
        {
            throw new InvalidOperationException($"{length} bytes were read, not {size}");
        }
    }

    private static void Check(Nfsstat3 status)
    {
        if (status != Nfsstat3.NFS3_OK)
        {
            throw new InvalidOperationException($"the server answered {status}");
        }
    }

    /// <summary>Looks at a reply and copies nothing out of it.</summary>
    private readonly struct LengthOnly : IXdrDecoder<int>
    {
        public int Decode(ref XdrReader reader)
        {
            Check((Nfsstat3)reader.ReadInt32());
            PostOpAttr.Decode(ref reader);
            reader.ReadUInt32();
            reader.ReadBoolean();
            return reader.ReadOpaqueSpan(uint.MaxValue).Length;
        }
    }
}
