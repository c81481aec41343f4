using System.Runtime.InteropServices;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>A conversation with the keeper about one zone at a time: claim it, see how it ends, say when all is committed.</summary>
internal sealed unsafe class KeeperConnection(ZonedSocket socket) : IDisposable
{
    /// <summary>The keeper's random number of its own life.</summary>
    public long Life { get; private init; }

    /// <summary>The keeper's build id, hexadecimal.</summary>
    public string BuildId { get; private init; } = "";

    /// <summary>Whether the keeper still holds the other end. What it said meanwhile concerned claims of the past.</summary>
    public bool IsAlive
    {
        get
        {
            while (socket.Wait(TimeSpan.Zero))
            {
                if (!socket.Receive(out KeeperMessage _))
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Connects and greets; null when no keeper answers.</summary>
    /// <param name="runDirectory">STATE/run.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <exception cref="ZoneException">It took longer: the keeper is stopped.</exception>
    public static KeeperConnection? Open(string runDirectory, TimeSpan patience)
    {
        ZonedSocket? socket = ZonedSocket.Connect(runDirectory, "keeper.sock", patience);
        if (socket is null)
        {
            return null;
        }

        KeeperMessage hello = new() { Verb = KeeperVerb.Hello };
        long began = Environment.TickCount64;
        if (!Send(socket, in hello) || !socket.Receive(out KeeperMessage answer))
        {
            socket.Dispose();
            return Environment.TickCount64 - began < patience.TotalMilliseconds ? null : throw Gone();
        }

        string buildId = Convert.ToHexStringLower(new ReadOnlySpan<byte>(answer.BuildId, Wire.BuildId.Length));
        return new(socket) { Life = answer.KeeperLife, BuildId = buildId };
    }

    /// <summary>From here on this manager sees to the zone: the keeper runs no agent for it until <see cref="Done"/> or the end
    /// of the connection. True when the keeper watches process 1 of that boot.</summary>
    public bool Claim(string zone, long generation)
    {
        KeeperMessage message = Message(KeeperVerb.Claim, zone, generation);
        return Ask(in message).Value != 0;
    }

    /// <summary>As <see cref="Claim"/> for a boot that nobody has begun yet. The answer is not waited for: it can only be no, and the
    /// keeper has heard this before it can hear of the end of a process that is not yet asked for.</summary>
    public void ClaimUnborn(string zone, long generation)
    {
        KeeperMessage message = Message(KeeperVerb.Claim, zone, generation);
        if (!Send(socket, in message))
        {
            throw Gone();
        }
    }

    /// <summary>What was claimed is committed.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="up">Whether it is committed as running: an end of it that came meanwhile is then still to be seen to.</param>
    public void Done(string zone, bool up)
    {
        KeeperMessage message = Message(KeeperVerb.Done, zone, 0);
        message.Value = up ? 1 : 0;
        Send(socket, in message);
    }

    /// <summary>Has zoned's agent look at the zone: a boot of it is to come.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="pause">When.</param>
    public void Call(string zone, TimeSpan pause)
    {
        KeeperMessage message = Message(KeeperVerb.Call, zone, 0);
        message.Value = (int)pause.TotalMilliseconds;
        Send(socket, in message);
    }

    /// <summary>No boot of the zone is to come any more.</summary>
    public void Dismiss(string zone)
    {
        KeeperMessage message = Message(KeeperVerb.Dismiss, zone, 0);
        Send(socket, in message);
    }

    /// <summary>Waits for the end of a claimed zone; null when <paramref name="timeout"/> passed first.</summary>
    /// <returns>The wait status; -1 when nobody could see it.</returns>
    public int? AwaitExit(string zone, long generation, TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)Math.Min(timeout.TotalMilliseconds, int.MaxValue);
        while (socket.Wait(TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64))))
        {
            if (!socket.Receive(out KeeperMessage message))
            {
                return -1;
            }

            if (message.Verb == KeeperVerb.Exited && message.Generation == generation && message.Zone.ToString() == zone)
            {
                return message.Value;
            }
        }

        return null;
    }

    /// <summary>Has the keeper watch a process 1 that an earlier keeper had; false when it is gone.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="generation">The number of its boot.</param>
    /// <param name="pid">Process 1.</param>
    /// <param name="startTicks">Its start time.</param>
    /// <param name="owner">The process whose end ends the zone; null for none.</param>
    public bool Adopt(string zone, long generation, int pid, long startTicks, SafeFd? owner)
    {
        KeeperMessage message = Message(KeeperVerb.Adopt, zone, generation);
        message.Value = pid;
        message.StartTicks = startTicks;
        return Ask(in message, owner is null ? [] : [owner], out SafeFd[] _).Value == 1;
    }

    /// <summary>Has the keeper become another build; false when it is too busy for that now.</summary>
    /// <param name="program">zoned of that build.</param>
    /// <param name="agent">The zone command that came with it.</param>
    public bool Upgrade(SafeFd program, SafeFd agent)
    {
        KeeperMessage message = Message(KeeperVerb.Upgrade, "", 0);
        return socket.Send(Bytes(in message), [program, agent]) && socket.Receive(out KeeperMessage answer) && answer.Value == 1;
    }

    /// <summary>Has the keeper hold descriptors under a name and keep a server running on them (<see cref="KeeperVerb.Hold"/>).</summary>
    /// <param name="name">Unique in the state directory; ASCII, at most 64 characters.</param>
    /// <param name="descriptors">Copies of them are held.</param>
    /// <param name="pid">A server that runs already, 0 for none.</param>
    /// <param name="startTicks">When that one started.</param>
    /// <returns>False when the name is held already.</returns>
    public bool Hold(string name, IReadOnlyList<SafeFd> descriptors, int pid = 0, long startTicks = 0)
    {
        KeeperMessage message = Message(KeeperVerb.Hold, name, 0);
        message.Value = pid;
        message.StartTicks = startTicks;
        return Ask(in message, descriptors, out SafeFd[] _).Value == 1;
    }

    /// <summary>Copies of what is held under a name, which are the caller's; null when nothing is.</summary>
    public SafeFd[]? Fetch(string name)
    {
        KeeperMessage message = Message(KeeperVerb.Fetch, name, 0);
        return Ask(in message, [], out SafeFd[] descriptors).Value == 1 ? descriptors : null;
    }

    /// <summary>Ends the server of a name and lets go of what is held for it; nothing when nothing is held.</summary>
    public void Drop(string name)
    {
        KeeperMessage message = Message(KeeperVerb.Drop, name, 0);
        Ask(in message);
    }

    private KeeperMessage Ask(in KeeperMessage message) => Ask(in message, [], out _);

    private KeeperMessage Ask(in KeeperMessage message, IReadOnlyList<SafeFd> given, out SafeFd[] taken)
    {
        if (socket.Send(Bytes(in message), given))
        {
            while (socket.Receive(out KeeperMessage answer, out taken))
            {
                if (answer.Verb == KeeperVerb.Claimed && answer.Generation == message.Generation && answer.Zone.Equals(message.Zone))
                {
                    return answer;
                }
            }
        }

        throw Gone();
    }

    private static ZoneException Gone() => new("zoned's keeper went away or does not answer; running zones go on, try again") { IsTransient = true };

    private static KeeperMessage Message(KeeperVerb verb, string zone, long generation) =>
        new() { Verb = verb, Zone = ZoneName.From(zone), Generation = generation };

    private static bool Send(ZonedSocket socket, in KeeperMessage message) => socket.Send(Bytes(in message));

    private static ReadOnlySpan<byte> Bytes(in KeeperMessage message) => MemoryMarshal.AsBytes(new ReadOnlySpan<KeeperMessage>(in message));
}
