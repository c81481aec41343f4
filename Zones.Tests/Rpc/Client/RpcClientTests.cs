using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Zones.Rpc;
using Zones.Rpc.Client;
using Zones.Tests.Rpc.Golden;
using Zones.Tests.Rpc.Server;

namespace Zones.Tests.Rpc.Client;

/// <summary>The client against servers that go away, come back, are silent, or say nonsense.</summary>
public sealed class RpcClientTests
{
    private static readonly Pair One = new(1, Colour.RED);

    [Fact]
    public async Task Everything_comes_back_as_it_went()
    {
        await using ServerFixture server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.Server.EndPoint, Credentials = new AuthSys(1, "me", 2, 3, [4]) });
        Constructs1Client client = new(rpc);
        server.Methods.Gate.SetResult();

        await client.NullAsync();
        Assert.Equal(2, await client.AddAsync(One));
        Assert.Equal("nnnnn", (await client.NameAsync(5)).ToString());
        Assert.Equal(Colour.RED, await client.PaintAsync("red"));
        await client.PutAsync(new byte[] { 1, 2 });
        Assert.Equal(10_000, (await client.TieAsync()).Count);
        await Assert.ThrowsAsync<XdrException>(async () => await client.PutAsync(new byte[8]));
        Assert.Equal(0, rpc.InFlight);
    }

    [Fact]
    public async Task Many_calls_are_in_flight_and_each_gets_its_own_reply()
    {
        await using ServerFixture server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.Server.EndPoint });
        Constructs1Client client = new(rpc);
        Task<XdrString> slow = client.NameAsync(3).AsTask();
        int[] sums = await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => client.AddAsync(new Pair(i, i % 2 == 0 ? Colour.RED : Colour.BLUE)).AsTask()));
        Assert.Equal(Enumerable.Range(1, 5000), sums);
        Assert.False(slow.IsCompleted);
        server.Methods.Gate.SetResult();
        Assert.Equal("nnn", (await slow).ToString());
        Assert.Equal(1, rpc.Connections);
    }

    /// <summary>Or else replies wait for a timer: see <see cref="Zones.Rpc.Transport.ReceiveRoom"/>.</summary>
    [Fact]
    public async Task A_connection_has_room_for_a_large_reply_from_its_beginning()
    {
        await using ServerFixture server = new();
        using Socket socket = await ClientConnection.ConnectAsync(server.Server.EndPoint, _ => { }, TestContext.Current.CancellationToken);

        long most = long.Parse(File.ReadAllText("/proc/sys/net/ipv4/tcp_rmem").Split('\t')[2], CultureInfo.InvariantCulture);
        Assert.True(socket.ReceiveBufferSize >= Math.Min(1024 * 1024, most / 2), $"it has {socket.ReceiveBufferSize} bytes");
    }

    [Fact]
    public async Task What_the_server_says_failed_is_an_exception_that_says_so()
    {
        await using ServerFixture server = new(options => options.Authenticate = call => call.Credentials is null ? RpcAuthStatus.AUTH_OK : RpcAuthStatus.AUTH_TOOWEAK);
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.Server.EndPoint });
        Constructs1Client client = new(rpc);
        RpcCallException error = await Assert.ThrowsAsync<RpcCallException>(async () => await client.AddAsync(new Pair(1, Colour.DARK)));
        Assert.Equal(RpcAcceptStatus.SYSTEM_ERR, error.AcceptStatus);
        error = await Assert.ThrowsAsync<RpcCallException>(async () => await new Constructs2Client(rpc).SumAsync([1, 2]));
        Assert.Equal(RpcAcceptStatus.PROG_MISMATCH, error.AcceptStatus);
        Assert.Equal("program 536870913 version 2 procedure 1: the server answers PROG_MISMATCH; the server has versions 1 to 1", error.Message);
        await Assert.ThrowsAsync<XdrException>(async () => await client.PaintAsync("no colour"));
        Assert.Equal(2, await client.AddAsync(One));

        await using RpcClient other = new(new RpcClientOptions { EndPoint = server.Server.EndPoint, Credentials = new AuthSys(1, "me", 2, 3, []) });
        error = await Assert.ThrowsAsync<RpcCallException>(async () => await new Constructs1Client(other).AddAsync(One));
        Assert.Equal(RpcRejectStatus.AUTH_ERROR, error.RejectStatus);
        Assert.Equal(RpcAuthStatus.AUTH_TOOWEAK, error.AuthStatus);
    }

    [Fact]
    public async Task A_connection_that_ends_in_the_middle_is_made_anew_and_calls_are_sent_again()
    {
        using ScriptedServer server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.EndPoint });
        Task<int> call = new Constructs1Client(rpc).AddAsync(One).AsTask();
        uint xid;
        using (ScriptedServer.Connection first = await server.AcceptAsync())
        {
            xid = (await first.ReceiveAsync()).Xid;

            // Half a reply, and gone.
            await first.SendAsync(RawClient.Words(0x8000_001c, xid, 1));
        }

        using ScriptedServer.Connection second = await server.AcceptAsync();
        (uint again, uint[] arguments) = await second.ReceiveAsync();
        Assert.Equal(xid, again);
        Assert.Equal([1, 0], arguments);
        await second.ReplyAsync(xid, 42);
        Assert.Equal(42, await call);
        Assert.Equal(2, rpc.Connections);
    }

    [Fact]
    public async Task A_server_that_ends_each_connection_is_asked_again_until_it_answers()
    {
        using ScriptedServer server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.EndPoint });
        Task<int> call = new Constructs1Client(rpc).AddAsync(One).AsTask();
        for (int i = 0; i < 4; i++)
        {
            (await server.AcceptAsync()).Dispose();
        }

        using ScriptedServer.Connection connection = await server.AcceptAsync();
        await connection.ReplyAsync((await connection.ReceiveAsync()).Xid, 3);
        Assert.Equal(3, await call);
        Assert.Equal(5, rpc.Connections);
    }

    [Fact]
    public async Task A_hard_call_waits_for_a_server_that_comes_back()
    {
        IPEndPoint address;
        using (ScriptedServer gone = new())
        {
            address = gone.EndPoint;
        }

        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = address, Timeout = TimeSpan.FromMilliseconds(50), Retransmissions = 0, MaxReconnectDelay = TimeSpan.FromMilliseconds(50) });
        Task<int> call = new Constructs1Client(rpc).AddAsync(One).AsTask();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(call.IsCompleted);
        using ScriptedServer server = new(address.Port);
        using ScriptedServer.Connection connection = await server.AcceptAsync();
        await connection.ReplyAsync((await connection.ReceiveAsync()).Xid, 9);
        Assert.Equal(9, await call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_soft_call_fails_when_the_time_is_over(bool connects)
    {
        using ScriptedServer server = new();
        if (!connects)
        {
            server.Dispose();
        }

        await using RpcClient rpc = new(new RpcClientOptions
        {
            EndPoint = connects ? server.EndPoint : new IPEndPoint(IPAddress.Loopback, 1),
            IsHard = false,
            Timeout = TimeSpan.FromMilliseconds(50),
            Retransmissions = 1,
        });
        RpcTimeoutException error = await Assert.ThrowsAsync<RpcTimeoutException>(async () => await new Constructs1Client(rpc).AddAsync(One));
        Assert.True(error.IsTransient);
        Assert.Equal(0, rpc.InFlight);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_connected_to_anew()
    {
        using ScriptedServer server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.EndPoint, Timeout = TimeSpan.FromMilliseconds(100) });
        Task<int> call = new Constructs1Client(rpc).AddAsync(One).AsTask();
        using ScriptedServer.Connection first = await server.AcceptAsync();
        uint xid = (await first.ReceiveAsync()).Xid;
        using ScriptedServer.Connection second = await server.AcceptAsync();
        Assert.True(await first.IsEndedAsync());
        Assert.Equal(xid, (await second.ReceiveAsync()).Xid);
        await second.ReplyAsync(xid, 7);
        Assert.Equal(7, await call);
    }

    [Fact]
    public async Task Replies_that_nobody_waits_for_are_counted_and_forgotten()
    {
        using ScriptedServer server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.EndPoint });
        Constructs1Client client = new(rpc);
        Task<int> call = client.AddAsync(One).AsTask();
        using ScriptedServer.Connection connection = await server.AcceptAsync();
        uint xid = (await connection.ReceiveAsync()).Xid;
        await connection.ReplyAsync(xid ^ 0x5555, 1);
        await connection.ReplyAsync(xid, 2);
        await connection.ReplyAsync(xid, 3);
        Assert.Equal(2, await call);
        Task<int> next = client.AddAsync(One).AsTask();
        await connection.ReplyAsync((await connection.ReceiveAsync()).Xid, 4);
        Assert.Equal(4, await next);
        Assert.Equal(2, rpc.UnknownReplies);
    }

    [Fact]
    public async Task A_cancelled_call_is_over_at_once_and_its_reply_is_nobodys()
    {
        using ScriptedServer server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.EndPoint });
        Constructs1Client client = new(rpc);
        using CancellationTokenSource cancel = new();
        Task<int> call = client.AddAsync(One, cancel.Token).AsTask();
        using ScriptedServer.Connection connection = await server.AcceptAsync();
        uint xid = (await connection.ReceiveAsync()).Xid;
        await cancel.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, error.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.AddAsync(One, cancel.Token));

        Task<int> next = client.AddAsync(One).AsTask();
        await connection.ReplyAsync(xid, 1);
        await connection.ReplyAsync((await connection.ReceiveAsync()).Xid, 5);
        Assert.Equal(5, await next);
        Assert.Equal(1, rpc.UnknownReplies);
    }

    [Theory]
    [InlineData(new uint[] { 0xffff_ffff, 0 }, "a record has more than")]
    [InlineData(new uint[] { 0x8000_0008, 1, 0 }, "the server sent a record that is no reply")]
    [InlineData(new uint[] { 0x8000_0004, 1 }, "byte 4 of 4")]
    public async Task A_server_that_breaks_the_protocol_is_an_error_and_not_asked_for_ever(uint[] answer, string message)
    {
        using ScriptedServer server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.EndPoint });
        Constructs1Client client = new(rpc);
        Task<int> call = client.AddAsync(One).AsTask();
        using (ScriptedServer.Connection connection = await server.AcceptAsync())
        {
            await connection.ReceiveAsync();
            await connection.SendAsync(RawClient.Words(answer));
            RpcException error = await Assert.ThrowsAnyAsync<RpcException>(() => call);
            Assert.StartsWith($"what answers at {server.EndPoint} does not speak ONC RPC ({message}", error.Message);
            Assert.True(await connection.IsEndedAsync());
        }

        // Another call makes another connection.
        Task<int> next = client.AddAsync(One).AsTask();
        using ScriptedServer.Connection second = await server.AcceptAsync();
        await second.ReplyAsync((await second.ReceiveAsync()).Xid, 6);
        Assert.Equal(6, await next);
    }

    [Fact]
    public async Task A_result_that_is_no_such_value_fails_its_call_alone()
    {
        using ScriptedServer server = new();
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.EndPoint });
        Constructs1Client client = new(rpc);
        Task<Colour> paint = client.PaintAsync("red").AsTask();
        using ScriptedServer.Connection connection = await server.AcceptAsync();
        await connection.ReplyAsync((await connection.ReceiveAsync()).Xid, 1234);
        await Assert.ThrowsAsync<XdrException>(() => paint);
        Task<int> next = client.AddAsync(One).AsTask();
        await connection.ReplyAsync((await connection.ReceiveAsync()).Xid, 6);
        Assert.Equal(6, await next);
        Assert.Equal(1, rpc.Connections);
    }

    [Fact]
    public async Task Connecting_at_once_tells_a_wrong_address_and_disposing_ends_calls()
    {
        RpcClient nobody = new(new RpcClientOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, 1) });
        RpcConnectionException error = await Assert.ThrowsAsync<RpcConnectionException>(() => nobody.ConnectAsync());
        Assert.Equal("cannot connect to 127.0.0.1:1: connection refused; is the server running?", error.Message);
        Task<int> waiting = new Constructs1Client(nobody).AddAsync(One).AsTask();
        await nobody.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await new Constructs1Client(nobody).AddAsync(One));
    }

    [Fact]
    public async Task Many_connections_one_after_the_other_find_privileged_ports()
    {
        await using ServerFixture server = new();
        for (int i = 0; i < 200; i++)
        {
            // Each leaves its port in TIME_WAIT, where it can be bound and not be connected from.
            await using RpcClient rpc = new(new RpcClientOptions { EndPoint = server.Server.EndPoint, UsePrivilegedPort = true });
            await rpc.ConnectAsync();
        }
    }

    [Fact]
    public async Task A_server_that_restarts_under_load_loses_no_call()
    {
        ServerFixture first = new();
        IPEndPoint address = first.Server.EndPoint;
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = address, MaxReconnectDelay = TimeSpan.FromMilliseconds(50) });
        Constructs1Client client = new(rpc);
        int done = 0;
        Task[] callers = [.. Enumerable.Range(0, 16).Select(id => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                Assert.Equal((id * 1000) + i + 1, await client.AddAsync(new Pair((id * 1000) + i, Colour.RED)));
                Interlocked.Increment(ref done);
            }
        }))];
        for (int restart = 1; restart <= 3; restart++)
        {
            await Eventually.TrueAsync(() => Volatile.Read(ref done) > restart * 1000);
            await first.DisposeAsync();
            first = new ServerFixture(options => options.EndPoint = address);
        }

        await Task.WhenAll(callers);
        await first.DisposeAsync();
        Assert.Equal(8000, done);
    }
}
