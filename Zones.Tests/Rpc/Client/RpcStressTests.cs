using CsCheck;
using Zones.Rpc;
using Zones.Tests.Rpc.Golden;
using Zones.Tests.Rpc.Server;
using Zones.Tests.Rpc.Xdr;

namespace Zones.Tests.Rpc.Client;

/// <summary>Many clients at once, that cancel and go away in the middle: what is pooled never shows up in another's reply.</summary>
public sealed class RpcStressTests
{
    private const int Clients = 8;
    private const int Rounds = 30;
    private const int CallsPerRound = 40;

    [Fact]
    public async Task Every_reply_is_right_while_others_cancel_and_disconnect()
    {
        Everything[] values = Values();
        await using ServerFixture server = new(options => options.MaxBytesPerConnection = 200_000);
        server.Methods.Gate.SetResult();
        int right = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(seed => Task.Run(async () =>
        {
            Random random = new(seed);
            for (int round = 0; round < Rounds; round++)
            {
                RpcClient rpc = new(new RpcClientOptions { EndPoint = server.Server.EndPoint });
                Constructs1Client client = new(rpc);
                using CancellationTokenSource cancel = new();
                Task<bool>[] calls = [.. Enumerable.Range(0, CallsPerRound).Select(_ => CallAsync(client, values[random.Next(values.Length)], random.Next(5), cancel.Token))];
                switch (random.Next(3))
                {
                    case 0:
                        await cancel.CancelAsync();
                        break;
                    case 1:
                        await calls[random.Next(calls.Length)];
                        await rpc.DisposeAsync();
                        break;
                }

                bool[] answers = await Task.WhenAll(calls);
                Interlocked.Add(ref right, answers.Count(answer => answer));
                await rpc.DisposeAsync();
            }
        })));
        Assert.InRange(right, Clients * Rounds * CallsPerRound / 10, Clients * Rounds * CallsPerRound);
        await Eventually.TrueAsync(() => server.Server.Connections == 0);
        Assert.DoesNotContain(server.Calls, call => call.Outcome is not (RpcOutcome.Success or RpcOutcome.SystemError));
        Assert.DoesNotContain(server.Calls, call => call.Outcome == RpcOutcome.SystemError && call.Error is not OperationCanceledException);
    }

    private static Everything[] Values()
    {
        XdrSubject everything = XdrSubject.All.Single(subject => subject.Name == "everything");
        PCG random = new(5531);
        return [.. Enumerable.Range(0, 50).Select(_ =>
        {
            XdrReader reader = new((ReadOnlySpan<byte>)everything.Random.Generate(random, null, out Size _));
            return Everything.Decode(ref reader);
        })];
    }

    /// <returns>Whether there was a reply, which must be right; false when the call was cancelled or its client disposed.</returns>
    private static async Task<bool> CallAsync(Constructs1Client client, Everything value, int kind, CancellationToken cancellationToken)
    {
        try
        {
            switch (kind)
            {
                case 0:
                    Assert.Equal(10_000, (await client.TieAsync(cancellationToken)).Count);
                    break;
                case 1:
                    uint length = (uint)Math.Abs(value.N.I % 50_000);
                    Assert.Equal(new string('n', (int)length), (await client.NameAsync(length, cancellationToken)).ToString());
                    break;
                case 2:
                    Assert.Equal(unchecked(value.N.I + 1), await client.AddAsync(new Pair(value.N.I, Colour.BLUE), cancellationToken));
                    break;
                default:
                    Assert.Equal(value, await client.EchoAsync(value, cancellationToken));
                    break;
            }

            return true;
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
