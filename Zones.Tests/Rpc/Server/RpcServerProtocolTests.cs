using Zones.Rpc;

namespace Zones.Tests.Rpc.Server;

/// <summary>What the server says, as RFC 5531 wants it.</summary>
public sealed class RpcServerProtocolTests
{
    private static readonly uint[] Accepted = [1, 0, 0, 0];

    [Fact]
    public async Task Every_way_to_fail_has_the_protocols_own_answer()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        byte[] good = RawClient.Words(1, 0);

        AssertAnswer([.. Accepted, 0, 2], RawClient.Call(5, 1, good));
        AssertAnswer([.. Accepted, 1], RawClient.Call(5, 1, good, program: 7));
        AssertAnswer([.. Accepted, 2, 1, 1], RawClient.Call(5, 1, good, version: 9));
        AssertAnswer([.. Accepted, 3], RawClient.Call(5, 99, good));
        AssertAnswer([.. Accepted, 4], RawClient.Call(5, 1, []));
        AssertAnswer([.. Accepted, 4], RawClient.Call(5, 1, RawClient.Words(1, 1234)));
        AssertAnswer([.. Accepted, 4], RawClient.Call(5, 1, RawClient.Words(1, 0, 0)));
        AssertAnswer([.. Accepted, 4], RawClient.Call(5, 0, RawClient.Words(1)));
        AssertAnswer([.. Accepted, 4], RawClient.Call(5, 1, good)[..20]);
        AssertAnswer([.. Accepted, 5], RawClient.Call(5, 1, RawClient.Words(1, unchecked((uint)-5))));
        AssertAnswer([1, 1, 0, 2, 2], RawClient.Call(5, 1, good, rpcVersion: 3));
        AssertAnswer([1, 1, 1, 1], RawClient.Call(5, 1, good, flavor: 1, credentials: [1, 2, 3, 4]));
        AssertAnswer([1, 1, 1, 1], RawClient.Call(5, 1, good, flavor: 6, credentials: [1, 2, 3, 4]));
        AssertAnswer([1, 1, 1, 1], RawClient.Call(5, 1, good, credentials: new byte[404]));
        Assert.Equal(
            [RpcOutcome.Success, RpcOutcome.NoProgram, RpcOutcome.NoVersion, RpcOutcome.NoProcedure, RpcOutcome.BadArguments, RpcOutcome.BadArguments, RpcOutcome.BadArguments,
             RpcOutcome.BadArguments, RpcOutcome.BadArguments, RpcOutcome.SystemError, RpcOutcome.NoRpcVersion, RpcOutcome.NotAuthenticated, RpcOutcome.NotAuthenticated, RpcOutcome.NotAuthenticated],
            server.Calls.Select(call => call.Outcome));
        Assert.Equal("dark", server.Calls.ElementAt(9).Error?.Message);

        void AssertAnswer(uint[] expected, byte[] call)
        {
            client.Send(RawClient.Fragment(call));
            Assert.Equal([5, .. expected], client.Receive());
        }
    }

    [Fact]
    public async Task Credentials_reach_the_server_and_may_be_refused()
    {
        AuthSys? seen = null;
        await using ServerFixture server = new(options => options.Authenticate = call =>
        {
            seen = call.Credentials;
            return call.Credentials?.Uid == 7 ? RpcAuthStatus.AUTH_TOOWEAK : RpcAuthStatus.AUTH_OK;
        });
        using RawClient client = server.Connect();
        byte[] Credentials(uint uid) => RawClient.Words(9, 2, 0x68690000, uid, 5, 2, 30, 31);

        for (int i = 0; i < 2; i++)
        {
            client.Send(RawClient.Fragment(RawClient.Call(1, 1, RawClient.Words(1, 0), flavor: 1, credentials: Credentials(6))));
            Assert.Equal([1u, .. Accepted, 0, 2], client.Receive());
            Assert.Equal(new AuthSys(9, "hi", 6, 5, [30, 31]), seen);
        }

        client.Send(RawClient.Fragment(RawClient.Call(1, 1, RawClient.Words(1, 0), flavor: 1, credentials: Credentials(7))));
        Assert.Equal([1u, 1, 1, 1, (uint)RpcAuthStatus.AUTH_TOOWEAK], client.Receive());
    }

    [Fact]
    public async Task A_method_may_write_its_reply_itself_or_give_none()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        client.SendCall(1, 1, RawClient.Words(10, 31));
        Assert.Equal([1, .. Accepted, 0, 11], client.Receive());
        client.SendCall(2, 1, RawClient.Words(10, 1));
        client.SendCall(3, 1, RawClient.Words(10, 0));
        Assert.Equal([3, .. Accepted, 0, 11], client.Receive());
        Assert.Equal([RpcOutcome.Success, RpcOutcome.Dropped, RpcOutcome.Success], server.Calls.Select(call => call.Outcome));
        Assert.Equal([11, 0, 11], server.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task Records_may_come_in_any_pieces()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        byte[] call = RawClient.Call(4, 1, RawClient.Words(1, 0));
        uint[] answer = [4, .. Accepted, 0, 2];

        // Byte by byte, in fragments of 3 bytes with empty ones between, and many at once.
        foreach (byte one in RawClient.Fragment(call))
        {
            client.Send([one]);
        }

        Assert.Equal(answer, client.Receive());
        for (int at = 0; at < call.Length; at += 3)
        {
            client.Send(RawClient.Fragment([], last: false));
            client.Send(RawClient.Fragment(call.AsSpan(at, Math.Min(3, call.Length - at)), last: at + 3 >= call.Length));
        }

        Assert.Equal(answer, client.Receive());
        client.Send([.. Enumerable.Repeat(RawClient.Fragment(call), 5000).SelectMany(bytes => bytes)]);
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal(answer, client.Receive());
        }
    }

    [Fact]
    public async Task The_same_record_twice_is_answered_twice()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        byte[] record = RawClient.Fragment(RawClient.Call(4, 1, RawClient.Words(1, 0)));
        client.Send([.. record, .. record]);
        Assert.Equal([4, .. Accepted, 0, 2], client.Receive());
        Assert.Equal([4, .. Accepted, 0, 2], client.Receive());
    }
}
