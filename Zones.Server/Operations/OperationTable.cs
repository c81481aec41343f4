using System.Text.Json;
using Zones.Server.Peers;

namespace Zones.Server.Operations;

/// <summary>The operations of this server, each user's own: bounded while they run and after.</summary>
internal sealed class OperationTable
{
    private readonly List<Operation> _operations = [];
    private bool _closed;

    /// <summary>Begins one.</summary>
    /// <exception cref="ZoneException">The user has too many, or the server is to end.</exception>
    public Operation Start(Peer peer, string verb, string? zone, Func<CancellationToken, Task<JsonElement?>> work)
    {
        lock (_operations)
        {
            if (_closed)
            {
                throw new ZoneException("the served host is ending; try again when it is back") { Zone = zone, Operation = verb, IsTransient = true };
            }

            List<Operation> own = _operations.FindAll(operation => operation.Document.User == peer.User);
            if (!peer.Everything && own.Count(operation => operation.IsRunning) >= ServerLimits.OperationsOfUser)
            {
                throw new ZoneException($"{ServerLimits.OperationsOfUser} operations of yours are under way; wait until one has ended") { Zone = zone, Operation = verb, IsTransient = true };
            }

            foreach (Operation old in own.Where(operation => !operation.IsRunning).SkipLast(ServerLimits.OperationsKept - 1))
            {
                _operations.Remove(old);
            }

            Operation started = new(peer, verb, zone, work);
            _operations.Add(started);
            return started;
        }
    }

    /// <summary>One of the peer's own, or for root anybody's.</summary>
    /// <exception cref="ZoneException">It is not known, or not the peer's.</exception>
    public Operation Find(Peer peer, string id) => Of(peer).FirstOrDefault(operation => operation.Document.Id == id)
        ?? throw new ZoneException($"{id}: no such operation; the served host may have been started anew, or have forgotten it after {ServerLimits.OperationsKept} others: look at the zone") { IsTransient = true };

    /// <summary>The peer's own, or for root all, in the order in which they began.</summary>
    public IReadOnlyList<Operation> Of(Peer peer)
    {
        lock (_operations)
        {
            return _operations.FindAll(operation => peer.Everything || operation.Document.User == peer.User);
        }
    }

    /// <summary>Takes no more, and returns when those that run have ended: by themselves, or after a while because they were asked to.</summary>
    public async Task EndAsync()
    {
        Operation[] running;
        lock (_operations)
        {
            _closed = true;
            running = [.. _operations.Where(operation => operation.IsRunning)];
        }

        Task all = Task.WhenAll(running.Select(operation => operation.Ended));
        if (await Task.WhenAny(all, Task.Delay(ServerLimits.Goodbye)).ConfigureAwait(false) != all)
        {
            foreach (Operation operation in running)
            {
                operation.Cancel();
            }

            await Task.WhenAny(all, Task.Delay(ServerLimits.Goodbye)).ConfigureAwait(false);
        }
    }
}
