using System.Buffers.Binary;
using Zones.Rpc.Messages;

namespace Zones.Rpc.Server;

/// <summary>One call, from its record to its reply.</summary>
internal sealed partial class ServerConnection
{
    private const int HeadSize = 8; // xid and message type
    private const int Enough = 64 * 1024; // bytes of replies that are sent before more calls are looked at

    private void Accept(ReadOnlyMemory<byte> record)
    {
        _lastActive = _options.Time.GetTimestamp();
        _recordBegan = 0;
        ReadOnlySpan<byte> head = record.Span;
        if (head.Length < HeadSize || BinaryPrimitives.ReadUInt32BigEndian(head[4..]) != RpcMessage.Call)
        {
            throw new RpcException("the client sent a record that is no call");
        }

        RpcCall call = _calls.Take();
        call.Begin(_reader.Block, record.Length, BinaryPrimitives.ReadUInt32BigEndian(head), Client, _abort.Token);
        call.Began = _options.Observer is null ? 0 : _options.Time.GetTimestamp();
        Interlocked.Increment(ref _callsHeld);
        Interlocked.Add(ref _bytesHeld, record.Length);
        ValueTask<RpcOutcome> pending;
        try
        {
            pending = _dispatcher.InvokeAsync(call, record[HeadSize..], _credentials);
        }
        catch (XdrException error) when (call.Arguments.IsEmpty)
        {
            call.Error = error;
            pending = new(RpcOutcome.BadArguments);
        }
        catch (Exception error)
        {
            call.Error = error;
            pending = new(RpcOutcome.SystemError);
        }

        if (pending.IsCompletedSuccessfully)
        {
            Finish(call, pending.Result);
        }
        else
        {
            _ = FinishLater(call, pending);
        }
    }

    private async Task FinishLater(RpcCall call, ValueTask<RpcOutcome> pending)
    {
        RpcOutcome outcome;
        try
        {
            outcome = await pending.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // The one place where whatever a server's method throws becomes the protocol's SYSTEM_ERR.
            call.Error = error;
            outcome = RpcOutcome.SystemError;
        }

        Finish(call, outcome);
        _output.Start();
    }

    private void Finish(RpcCall call, RpcOutcome outcome)
    {
        if (call.IsDropped)
        {
            outcome = RpcOutcome.Dropped;
        }
        else if (outcome != RpcOutcome.Success)
        {
            _dispatcher.WriteFailure(call, outcome);
        }
        else if (!call.IsReplied)
        {
            outcome = RpcOutcome.SystemError;
            _dispatcher.WriteFailure(call, outcome);
        }

        int replySize = outcome == RpcOutcome.Dropped ? 0 : call.Buffer.Length;
        Observe(call, outcome, replySize);
        if (replySize > 0)
        {
            Interlocked.Add(ref _bytesHeld, replySize);
            int unsent = Interlocked.Add(ref _unsent, replySize);
            if (_output.Add(call.Buffer))
            {
                call.TakeBuffer();
            }

            if (unsent >= Enough)
            {
                _output.Start();
            }
        }

        Interlocked.Add(ref _bytesHeld, -call.RequestSize);
        call.Reset();
        _calls.Give(call);
        Interlocked.Decrement(ref _callsHeld);
        _room.Open();
    }

    private void Observe(RpcCall call, RpcOutcome outcome, int replySize)
    {
        if (_options.Observer is { } observer)
        {
            ReadOnlySpan<byte> reply = call.Buffer.Memory.Span;
            const int resultAt = sizeof(uint) + RpcMessage.AcceptedSize;
            int status = outcome == RpcOutcome.Success && replySize >= resultAt + sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(reply[resultAt..]) : 0;
            observer.CallEnded(new RpcCallInfo(
                call.Program, call.Version, call.Procedure, Client, call.RequestSize, replySize, _options.Time.GetElapsedTime(call.Began), outcome, status, call.Error));
        }
    }

    private void Sent(int count)
    {
        Interlocked.Add(ref _unsent, -count);
        Interlocked.Add(ref _bytesHeld, -count);
        _room.Open();
    }
}
