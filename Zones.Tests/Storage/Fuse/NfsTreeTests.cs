using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Specs;
using Zones.Storage.Mounts;
using Zones.Tests.Rpc.Nfs;

namespace Zones.Tests.Storage.Fuse;

/// <summary>The files of an export for a mount, of servers that do what is not allowed.</summary>
public sealed class NfsTreeTests
{
    [Theory]
    [InlineData(4u, 5)]
    [InlineData(5u, 4)]
    [InlineData(11u, 11)]
    public async Task A_read_that_counts_wrong_or_gives_too_much_is_an_error_and_writes_nothing(uint count, int length)
    {
        byte[] given = new byte[length];
        given.AsSpan().Fill(1);
        INfs3Server nfs = Scripted.Of<INfs3Server>(("ReadAsync", _ => new ValueTask<Read3Res>(Read3Res.WithResok(new(default, count, true, given)))));
        await using RpcServer server = new(new RpcServerOptions(), new Nfs3Program(nfs));
        server.Start();
        NfsAddress address = NfsAddress.Parse($"nfs://127.0.0.1:{server.EndPoint.Port}/export", out _)!;
        await using NfsTree tree = NfsTree.Open(new RemoteExport(address, [1], default, 4096));
        byte[] memory = new byte[10];
        Assert.Equal((5 /* EIO */, 0), await tree.ReadAsync([1], 0, memory, CancellationToken.None));
        Assert.All(memory, one => Assert.Equal(0, one));
    }
}
