using System.Net.Sockets;
using System.Text;
using CsCheck;
using Zones.Rpc;
using Zones.Rpcgen.Emit;
using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;
using Zones.Tests.Rpc.Server;
using Zones.Tests.Rpc.Xdr;

namespace Zones.Tests.Rpc.Fuzz;

/// <summary>Random damage: whatever comes, there is an answer or the connection's end, and the next client is served.</summary>
public sealed class RpcFuzzTests
{
    [Fact]
    public async Task Damaged_records_never_stop_the_server()
    {
        FuzzBudget budget = new(rounds: 300);
        Mutator mutator = new(budget.Seed);
        await using ServerFixture server = new(options => options.RecordTimeout = TimeSpan.FromSeconds(5));
        server.Methods.Gate.SetResult();
        byte[][] corpus = Corpus(mutator);
        while (budget.Next())
        {
            using RawClient client = server.Connect();
            List<byte> stream = [];
            for (int i = 0; i < 200; i++)
            {
                byte[] record = corpus[mutator.Random.Next(corpus.Length)];
                byte[] damaged = mutator.Random.Next(4) == 0 ? record : mutator.Mutate(record, corpus[mutator.Random.Next(corpus.Length)]);

                // Seldom is the framing itself damaged, since that ends the connection for all that follows.
                byte[] framed = RawClient.Fragment(damaged);
                stream.AddRange(mutator.Random.Next(100) == 0 ? mutator.Mutate(framed, record) : framed);
            }

            Task draining = Task.Run(client.IsEnded, TestContext.Current.CancellationToken);
            try
            {
                client.Send(stream.ToArray());
                client.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
            }

            await draining;
        }

        Assert.True(server.Answers());
        await Eventually.TrueAsync(() => server.Server.Connections <= 1);
        Assert.All(server.Calls, call => Assert.True(call.Error is null or XdrException or InvalidOperationException { Message: "dark" }, call.Error?.ToString()));
        Assert.All(server.Ends, error => Assert.True(error is null or RpcException or SocketException, error?.ToString()));
    }

    [Fact]
    public void Damaged_values_are_refused_or_mean_something()
    {
        FuzzBudget budget = new(rounds: 100_000);
        Mutator mutator = new(budget.Seed);
        PCG random = new((uint)budget.Seed);
        (XdrSubject Subject, byte[] Valid)[] corpus =
            [.. XdrSubject.All.SelectMany(subject => Enumerable.Range(0, 4).Select(_ => (subject, subject.Random.Generate(random, null, out Size _))))];
        while (budget.Next())
        {
            (XdrSubject subject, byte[] valid) = corpus[mutator.Random.Next(corpus.Length)];
            byte[] damaged = mutator.Mutate(valid, corpus[mutator.Random.Next(corpus.Length)].Valid);
            try
            {
                Assert.Equal(damaged, subject.Recode(damaged, true));
            }
            catch (XdrException)
            {
            }
        }
    }

    [Fact]
    public void Damaged_protocols_are_compiled_or_refused_with_a_place()
    {
        FuzzBudget budget = new(rounds: 2000);
        Mutator mutator = new(budget.Seed);
        byte[][] corpus = [.. Directory.GetFiles(RpcSources.Golden, "*.x").Append(Path.Combine(RpcSources.Protocols, "mount3.x")).Select(File.ReadAllBytes)];
        while (budget.Next())
        {
            string text = Encoding.UTF8.GetString(mutator.Mutate(corpus[mutator.Random.Next(corpus.Length)], corpus[mutator.Random.Next(corpus.Length)]));
            try
            {
                FileEmitter.Emit(Protocol.Check(Parser.Parse("p.x", text)), "p.x", "N");
            }
            catch (RpcLanguageException error)
            {
                Assert.Matches("^p\\.x:[0-9]+:[0-9]+: .", error.Message);
            }
        }
    }

    private static byte[][] Corpus(Mutator mutator)
    {
        PCG random = new((uint)mutator.Random.Next());
        XdrSubject everything = XdrSubject.All.Single(subject => subject.Name == "everything");
        byte[] credentials = RawClient.Words(9, 2, 0x68690000, 0, 5, 2, 30, 31);
        return
        [
            RawClient.Call(1, 0, []),
            RawClient.Call(2, 1, RawClient.Words(1, 0)),
            RawClient.Call(3, 1, RawClient.Words(1, 31), flavor: 1, credentials: credentials),
            RawClient.Call(4, 3, RawClient.Words(100)),
            RawClient.Call(5, 4, RawClient.Words(3, 0x72656400)),
            RawClient.Call(6, 5, RawClient.Words(5, 1, 0)),
            .. Enumerable.Range(0, 20).Select(i => RawClient.Call((uint)i, 2, everything.Random.Generate(random, null, out Size _))),
        ];
    }
}
