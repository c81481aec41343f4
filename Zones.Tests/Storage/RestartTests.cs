using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>Servers that go away, calls that are sent again, and records that are none.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task A_restart_in_the_middle_of_a_read_is_no_error_for_any_client()
    {
        const int size = 8 << 20, step = 64 << 10;
        await using ServedDirectory served = new();
        byte[] content = RandomNumberGenerator.GetBytes(size);
        File.WriteAllBytes(Path.Combine(served.Files.Inside, "file"), content);
        NfsFh3 file = await served.HandleAsync("file");
        int done = 0;
        Task<byte[]>[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            Nfs3Client client = served.Client();
            byte[] read = new byte[size];
            for (int at = 0; at < size; at += step)
            {
                Read3Res part = await client.ReadAsync(new Read3Args(file, (ulong)at, step));
                Assert.Equal(Nfsstat3.NFS3_OK, part.Status);
                part.Resok.Data.Span.CopyTo(read.AsSpan(at));
                Interlocked.Increment(ref done);
            }

            return read;
        }))];
        while (Volatile.Read(ref done) < 20)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await served.RestartAsync();
        foreach (byte[] read in await Task.WhenAll(readers))
        {
            Assert.Equal(content, read);
        }
    }

    [Fact]
    public async Task A_stop_may_be_followed_by_another_and_by_a_start()
    {
        await using ServedDirectory served = new();
        NfsFh3 top = await served.HandleAsync();
        await served.Server.StopAsync(TestContext.Current.CancellationToken);
        await served.Server.DisposeAsync();
        await served.RestartAsync();
        Assert.Equal(Nfsstat3.NFS3_OK, (await served.Nfs.GetattrAsync(new Getattr3Args(top))).Status);
    }

    [Fact]
    public async Task A_call_that_is_sent_again_is_not_carried_out_again_even_on_another_connection()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        served.Files.Write("file", "");
        NfsFh3 top = await served.HandleAsync();
        byte[] remove = Call(77, (uint)Nfs3Procedure.REMOVE, new Remove3Args(new(top, "file")));
        byte[] first = await SendAsync(served, remove);
        byte[] again = await SendAsync(served, remove);
        Assert.Equal(Nfsstat3.NFS3_OK, StatusOf(first));
        Assert.Equal(first, again);

        // The same number on another call is another call, and so is the same call under another number.
        Assert.Equal(Nfsstat3.NFS3ERR_NOENT, StatusOf(await SendAsync(served, Call(77, (uint)Nfs3Procedure.REMOVE, new Remove3Args(new(top, "other"))))));
        Assert.Equal(Nfsstat3.NFS3ERR_NOENT, StatusOf(await SendAsync(served, Call(78, (uint)Nfs3Procedure.REMOVE, new Remove3Args(new(top, "file"))))));
    }

    [Fact]
    public void The_reply_cache_is_bounded_and_says_what_is_under_way()
    {
        ReplyCache cache = new(10);
        ReplyCache.Key[] keys = [.. Enumerable.Range(0, 20).Select(i => ReplyCache.KeyOf(System.Net.IPAddress.Loopback, (uint)i, 100003, 12, [1, 2, 3]))];
        foreach (ReplyCache.Key key in keys)
        {
            Assert.Equal(ReplyCache.Verdict.New, cache.Begin(key, out _));
            Assert.Equal(ReplyCache.Verdict.Underway, cache.Begin(key, out _));
            cache.Complete(key, [9]);
            Assert.Equal(ReplyCache.Verdict.Done, cache.Begin(key, out byte[] reply));
            Assert.Equal([9], reply);
        }

        Assert.Equal(ReplyCache.Verdict.Done, cache.Begin(keys[19], out _));
        Assert.Equal(ReplyCache.Verdict.New, cache.Begin(keys[0], out _));
        cache.Abandon(keys[0]);
        Assert.Equal(ReplyCache.Verdict.New, cache.Begin(keys[0], out _));
    }

    /// <summary>A call that was abandoned and came again is as young as any other then.</summary>
    [Fact]
    public void The_place_of_an_abandoned_call_takes_no_later_reply_with_it()
    {
        ReplyCache cache = new(4);
        ReplyCache.Key[] keys = [.. Enumerable.Range(0, 4).Select(i => ReplyCache.KeyOf(System.Net.IPAddress.Loopback, (uint)i, 100003, 12, [1, 2, 3]))];
        Assert.Equal(ReplyCache.Verdict.New, cache.Begin(keys[0], out _));
        cache.Abandon(keys[0]);
        foreach (ReplyCache.Key key in (ReplyCache.Key[])[keys[1], keys[2], keys[0]])
        {
            Assert.Equal(ReplyCache.Verdict.New, cache.Begin(key, out _));
            cache.Complete(key, [9]);
        }

        Assert.Equal(ReplyCache.Verdict.New, cache.Begin(keys[3], out _));
        Assert.All(keys[..3], key => Assert.Equal(ReplyCache.Verdict.Done, cache.Begin(key, out _)));
    }

    [Fact]
    public async Task Random_and_altered_records_end_at_most_their_own_connection()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        served.Files.Write("dir/file", "content");
        NfsFh3 top = await served.HandleAsync();
        NfsFh3 file = await served.HandleAsync("dir/file");
        byte[][] seeds =
        [
            Call(1, (uint)Nfs3Procedure.GETATTR, new Getattr3Args(file)),
            Call(2, (uint)Nfs3Procedure.LOOKUP, new Lookup3Args(new(top, "dir"))),
            Call(3, (uint)Nfs3Procedure.READ, new Read3Args(file, 1, 4)),
            Call(4, (uint)Nfs3Procedure.READDIRPLUS, new Readdirplus3Args(top, 0, new byte[8], 4096, 4096)),
            Call(5, (uint)Nfs3Procedure.SETATTR, new Setattr3Args(file, default, default)),
            Call(6, (uint)Nfs3Procedure.CREATE, new Create3Args(new(top, "n"), Createhow3.WithVerf(new byte[8]))),
            Call(7, (uint)Nfs3Procedure.RENAME, new Rename3Args(new(top, "a"), new(top, "b"))),
            Call(8, (uint)Nfs3Procedure.WRITE, new Write3Args(file, 0, 4, StableHow.UNSTABLE, new byte[4])),
        ];
        Random random = new(20261125);
        for (int round = 0; round < 60; round++)
        {
            using TcpClient client = new();
            await client.ConnectAsync(served.Server.EndPoint, TestContext.Current.CancellationToken);
            NetworkStream stream = client.GetStream();
            try
            {
                for (int i = 0; i < 50; i++)
                {
                    byte[] record = [.. seeds[random.Next(seeds.Length)]];
                    for (int changes = random.Next(4); changes > 0; changes--)
                    {
                        // Mostly behind the record mark, so that it is looked at whole.
                        record[random.Next(random.Next(10) == 0 ? 0 : 4, record.Length)] = (byte)random.Next(256);
                    }

                    await stream.WriteAsync(random.Next(20) == 0 ? record.AsMemory(0, random.Next(record.Length)) : record, TestContext.Current.CancellationToken);
                }
            }
            catch (IOException)
            {
                // The server ended it.
            }
        }

        Assert.Equal(Nfsstat3.NFS3_OK, (await served.Nfs.GetattrAsync(new Getattr3Args(top))).Status);
    }

    private static byte[] Call<T>(uint xid, uint procedure, T arguments)
        where T : IXdr<T>
    {
        System.Buffers.ArrayBufferWriter<byte> output = new();
        XdrWriter writer = new(output);
        writer.WriteUInt32(0); // the record's mark
        foreach (uint word in (ReadOnlySpan<uint>)[xid, 0 /* CALL */, 2, Nfs3Client.Program, 3, procedure, 1 /* AUTH_SYS */, 20])
        {
            writer.WriteUInt32(word);
        }

        new AuthSys(0, "", 0, 0, []).Encode(ref writer);
        writer.WriteUInt32(0);
        writer.WriteUInt32(0);
        arguments.Encode(ref writer);
        writer.Flush();
        byte[] record = output.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(record, 0x8000_0000 | (uint)(record.Length - 4));
        return record;
    }

    private static async Task<byte[]> SendAsync(ServedDirectory served, byte[] record)
    {
        using TcpClient client = new();
        await client.ConnectAsync(served.Server.EndPoint, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(record, TestContext.Current.CancellationToken);
        byte[] mark = new byte[4];
        await stream.ReadExactlyAsync(mark, TestContext.Current.CancellationToken);
        byte[] reply = new byte[BinaryPrimitives.ReadUInt32BigEndian(mark) & 0x7fff_ffff];
        await stream.ReadExactlyAsync(reply, TestContext.Current.CancellationToken);
        return reply;
    }

    private static Nfsstat3 StatusOf(byte[] reply) => (Nfsstat3)BinaryPrimitives.ReadInt32BigEndian(reply.AsSpan(24));
}
