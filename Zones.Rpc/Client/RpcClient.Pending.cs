using Zones.Rpc.Client;
using Zones.Rpc.Messages;

namespace Zones.Rpc;

/// <summary>How calls end: by a reply, by being cancelled, or by their time.</summary>
public sealed partial class RpcClient
{
    private void Deliver(ReadOnlyMemory<byte> record)
    {
        XdrReader reader = new(record.Span);
        uint xid = reader.ReadUInt32();
        if (reader.ReadUInt32() != RpcMessage.Reply)
        {
            throw new RpcException("the server sent a record that is no reply");
        }

        PendingCall? call;
        lock (_lock)
        {
            if (!_pending.Remove(xid, out call))
            {
                UnknownReplies++;
                return;
            }
        }

        call.Complete(ref reader);
    }

    private void Cancel(PendingCall call, CancellationToken token)
    {
        if (Forget(call))
        {
            call.Fail(new OperationCanceledException(token));
        }
    }

    private bool Forget(PendingCall call)
    {
        lock (_lock)
        {
            return _pending.TryGetValue(call.Xid, out PendingCall? current) && ReferenceEquals(current, call) && _pending.Remove(call.Xid);
        }
    }

    private void FailAll(Exception error)
    {
        PendingCall[] failed;
        lock (_lock)
        {
            _connecting = null;
            failed = [.. _pending.Values];
            _pending.Clear();
        }

        foreach (PendingCall call in failed)
        {
            call.Fail(error);
        }
    }

    private void CheckTime()
    {
        ClientConnection? silent = null;
        List<PendingCall> late = [];
        lock (_lock)
        {
            TimeSpan patience = _options.Timeout * (_options.Retransmissions + 1);
            foreach (PendingCall call in _pending.Values)
            {
                TimeSpan waited = _options.Time.GetElapsedTime(call.Began);
                if (!_options.IsHard && waited > patience)
                {
                    late.Add(call);
                }
                else if (waited > _options.Timeout && _connection is { } connection && connection.Silence > _options.Timeout)
                {
                    silent = connection;
                }
            }

            late.ForEach(call => _pending.Remove(call.Xid));
        }

        foreach (PendingCall call in late)
        {
            call.Fail(new RpcTimeoutException($"{_options.EndPoint} did not answer in {_options.Timeout * (_options.Retransmissions + 1)}") { IsTransient = true });
        }

        silent?.End(new RpcTimeoutException($"{_options.EndPoint} was silent for {_options.Timeout}"));
    }
}
