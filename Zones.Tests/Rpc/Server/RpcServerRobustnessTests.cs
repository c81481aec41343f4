using System.Net.Sockets;
using Zones.Rpc;

namespace Zones.Tests.Rpc.Server;

/// <summary>Clients that are slow, silent, broken or hostile.</summary>
public sealed class RpcServerRobustnessTests
{
    [Fact]
    public async Task A_call_that_waits_does_not_hold_those_behind_it()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        client.SendCall(1, 3, RawClient.Words(2));
        client.SendCall(2, 1, RawClient.Words(1, 0));
        Assert.Equal(2u, client.Receive()[0]);
        server.Methods.Gate.SetResult();
        Assert.Equal([1, 1, 0, 0, 0, 0, 2, 0x6e6e0000], client.Receive());
    }

    [Fact]
    public async Task No_more_calls_are_read_than_may_be_at_work()
    {
        await using ServerFixture server = new(options => options.MaxCallsPerConnection = 8);
        using RawClient client = server.Connect();
        for (uint xid = 0; xid < 100; xid++)
        {
            client.SendCall(xid, 3, RawClient.Words(1));
        }

        await Eventually.TrueAsync(() => server.Methods.Calls >= 8);
        Assert.True(server.Answers());
        Assert.Equal(9, server.Methods.Calls);
        server.Methods.Gate.SetResult();
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => client.Receive()[0]).Distinct().Count());
    }

    [Fact]
    public async Task A_client_that_takes_no_replies_is_not_read_from_and_holds_nobody()
    {
        await using ServerFixture server = new(options =>
        {
            options.MaxBytesPerConnection = 256 * 1024;
            options.SendTimeout = TimeSpan.FromMilliseconds(500);
        });
        using RawClient client = server.Connect();
        client.Socket.SendBufferSize = 4096;
        client.Socket.ReceiveBufferSize = 4096;

        // Each reply has 80 KB. The kernel takes some; what the server holds of them is bounded, and then it stops reading.
        Task sending = Task.Run(() =>
        {
            try
            {
                for (uint xid = 0; xid < 1_000_000; xid++)
                {
                    client.SendCall(xid, 6);
                }
            }
            catch (SocketException)
            {
            }
        });
        await Eventually.TrueAsync(() => server.Methods.Calls > 3);
        Assert.True(server.Answers());
        await sending;
        await Eventually.TrueAsync(() => server.Ends.Any(error => error is RpcException));
        Assert.InRange(server.Methods.Calls, 4, 1000);
        Assert.True(server.Answers());
    }

    [Fact]
    public async Task A_record_that_is_never_whole_ends_its_connection()
    {
        await using ServerFixture server = new(options => options.RecordTimeout = TimeSpan.FromMilliseconds(200));
        using RawClient silent = server.Connect();
        using RawClient dripping = server.Connect();
        silent.Send(RawClient.Words(0x8000_1000, 1, 2, 3));
        dripping.Send([0x80]);
        Assert.True(server.Answers());
        Assert.True(silent.IsEnded());
        Assert.True(dripping.IsEnded());
    }

    [Fact]
    public async Task A_silent_connection_ends_after_its_time_and_one_at_work_does_not()
    {
        await using ServerFixture server = new(options => options.IdleTimeout = TimeSpan.FromMilliseconds(200));
        using RawClient silent = server.Connect();
        using RawClient waiting = server.Connect();
        waiting.SendCall(1, 3, RawClient.Words(0));
        Assert.True(silent.IsEnded());
        server.Methods.Gate.SetResult();
        Assert.Equal(1u, waiting.Receive()[0]);
    }

    [Theory]
    [InlineData(0xffff_ffffu)]
    [InlineData(0x7fff_ffffu)]
    [InlineData(0x8010_0000u)]
    public async Task A_record_longer_than_allowed_ends_its_connection_alone(uint mark)
    {
        await using ServerFixture server = new(options => options.MaxRecordSize = 100_000);
        using RawClient other = server.Connect();
        using RawClient client = server.Connect();
        client.Send(RawClient.Words(mark, 1, 0));
        Assert.True(client.IsEnded());
        other.SendCall(1, 1, RawClient.Words(1, 0));
        Assert.Equal(2u, other.Receive()[^1]);
    }

    [Fact]
    public async Task Fragments_without_end_end_their_connection()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        byte[] nothing = new byte[4 * 10_000];
        try
        {
            client.Send(nothing);
        }
        catch (SocketException)
        {
        }

        Assert.True(client.IsEnded());
        Assert.True(server.Answers());
    }

    [Fact]
    public async Task A_reply_in_place_of_a_call_ends_its_connection()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        client.Send(RawClient.Fragment(RawClient.Call(1, 1, [], type: 1)));
        Assert.True(client.IsEnded());
    }

    [Fact]
    public async Task A_client_that_has_ended_its_side_still_gets_its_replies()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        client.SendCall(1, 3, RawClient.Words(0));
        client.SendCall(2, 6);
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(2u, client.Receive()[0]);
        server.Methods.Gate.SetResult();
        Assert.Equal(1u, client.Receive()[0]);
        Assert.True(client.IsEnded());
    }

    [Fact]
    public async Task A_client_that_has_ended_its_side_is_let_go_when_its_last_reply_is_out()
    {
        await using ServerFixture server = new();
        for (int i = 0; i < 200; i++)
        {
            using RawClient client = server.Connect();
            client.SendCall(1, i % 2 == 0 ? 6u : 0u);
            client.Socket.Shutdown(SocketShutdown.Send);
            Assert.Equal(1u, client.Receive()[0]);
            Assert.True(client.IsEnded());
        }
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_its_calls()
    {
        await using ServerFixture server = new();
        using (RawClient client = server.Connect())
        {
            client.SendCall(1, 3, RawClient.Words(0));
            client.SendCall(2, 6);
            await Eventually.TrueAsync(() => server.Methods.Calls == 2);
            client.Socket.LingerState = new LingerOption(true, 0);
        }

        await Eventually.TrueAsync(() => server.Calls.Any(call => call.Error is OperationCanceledException));
        await Eventually.TrueAsync(() => server.Server.Connections == 0);
    }

    [Fact]
    public async Task Stopping_waits_for_calls_at_work_and_sends_their_replies()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        client.SendCall(1, 3, RawClient.Words(0));
        await Eventually.TrueAsync(() => server.Methods.Calls == 1);
        Task stopping = server.Server.StopAsync();
        Assert.False(stopping.IsCompleted);
        Assert.ThrowsAny<SocketException>(server.Connect);
        server.Methods.Gate.SetResult();
        Assert.Equal(1u, client.Receive()[0]);
        await stopping;
        Assert.True(client.IsEnded());
    }

    [Fact]
    public async Task Stopping_without_waiting_ends_calls_at_work()
    {
        await using ServerFixture server = new();
        using RawClient client = server.Connect();
        client.SendCall(1, 3, RawClient.Words(0));
        await Eventually.TrueAsync(() => server.Methods.Calls == 1);
        await server.Server.StopAsync(new CancellationToken(canceled: true));
        Assert.True(client.IsEnded());
    }

    [Fact]
    public async Task A_port_that_another_server_has_is_refused()
    {
        await using ServerFixture server = new();
        SocketException error = Assert.Throws<SocketException>(() => new ServerFixture(options => options.EndPoint = server.Server.EndPoint));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public async Task Connections_are_bounded()
    {
        await using ServerFixture server = new(options => options.MaxConnections = 2);
        using RawClient one = server.Connect();
        using (RawClient two = server.Connect())
        {
            two.SendCall(1, 1, RawClient.Words(1, 0));
            two.Receive();
            using RawClient three = server.Connect();
            Assert.True(three.IsEnded());
        }

        await Eventually.TrueAsync(() => server.Server.Connections == 1);
        Assert.True(server.Answers());
    }
}
