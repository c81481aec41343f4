using System.Buffers.Binary;
using Zones.Rpc;
using Zones.Tests.Rpc.Golden;

namespace Zones.Tests.Rpc.Server;

/// <summary>A server of the golden program, whose procedures do what a test needs.</summary>
internal sealed class ConstructsServer : IConstructs1Server
{
    private int _calls;

    /// <summary>NAME waits for this.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many calls came so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The sum, written by the method itself when c is BLUE, an error when it is DARK, no answer when it is GREEN.</summary>
    public ValueTask<int> AddAsync(Pair arguments, RpcCall call)
    {
        Interlocked.Increment(ref _calls);
        switch (arguments.C)
        {
            case Colour.DARK:
                throw new InvalidOperationException("dark");
            case Colour.GREEN:
                call.Drop();
                return default;
            case Colour.BLUE:
                XdrWriter writer = call.BeginReply();
                BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(4), arguments.A + 1);
                writer.Advance(4);
                call.EndReply(ref writer);
                return new(-1);
            default:
                return new(arguments.A + 1);
        }
    }

    public ValueTask<Everything> EchoAsync(Everything arguments, RpcCall call)
    {
        Interlocked.Increment(ref _calls);
        return new(arguments);
    }

    /// <summary>A text of so many bytes, when the gate is open.</summary>
    public async ValueTask<XdrString> NameAsync(uint arguments, RpcCall call)
    {
        Interlocked.Increment(ref _calls);
        await Gate.Task.WaitAsync(call.Aborted);
        return new string('n', (int)Math.Min(arguments, 100_000));
    }

    public ValueTask<Colour> PaintAsync(XdrString arguments, RpcCall call) => new(arguments.ToString() == "red" ? Colour.RED : (Colour)77);

    public ValueTask PutAsync(XdrOpaque arguments, RpcCall call) => default;

    /// <summary>A long list at once, so that replies are large.</summary>
    public ValueTask<XdrArray<Knot>> TieAsync(RpcCall call)
    {
        Interlocked.Increment(ref _calls);
        return new(new XdrArray<Knot>(Enumerable.Repeat(new Knot(Colour.BLUE), 10_000).ToArray()));
    }
}
