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

    /// <summary>Whether the keeper still holds the other end.</summary>
    public bool IsAlive => !socket.Wait(TimeSpan.Zero) || socket.Receive(out KeeperMessage _);

    public void Dispose() => socket.Dispose();

    /// <summary>Connects and greets; null when no keeper answers.</summary>
    public static KeeperConnection? Open(string runDirectory)
    {
        ZonedSocket? socket = ZonedSocket.Connect(runDirectory, "keeper.sock");
        if (socket is null)
        {
            return null;
        }

        KeeperMessage hello = new() { Verb = KeeperVerb.Hello };
        if (!Send(socket, in hello) || !socket.Receive(out KeeperMessage answer))
        {
            socket.Dispose();
            return null;
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

    /// <summary>What was claimed is committed.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="up">Whether it is committed as running: an end of it that came meanwhile is then still to be seen to.</param>
    public void Done(string zone, bool up)
    {
        KeeperMessage message = Message(KeeperVerb.Done, zone, 0);
        message.Value = up ? 1 : 0;
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
    public bool Adopt(string zone, long generation, int pid, long startTicks)
    {
        KeeperMessage message = Message(KeeperVerb.Adopt, zone, generation);
        message.Value = pid;
        message.StartTicks = startTicks;
        return Ask(in message).Value == 1;
    }

    /// <summary>Has the keeper become another build; false when it is too busy for that now.</summary>
    public bool Upgrade(SafeFd program)
    {
        KeeperMessage message = Message(KeeperVerb.Upgrade, "", 0);
        return socket.Send(Bytes(in message), [program]) && socket.Receive(out KeeperMessage answer) && answer.Value == 1;
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
                if (answer.Verb == KeeperVerb.Claimed)
                {
                    return answer;
                }
            }
        }

        throw new ZoneException("zoned's keeper went away; running zones go on, try again") { IsTransient = true };
    }

    private static KeeperMessage Message(KeeperVerb verb, string zone, long generation) =>
        new() { Verb = verb, Zone = ZoneName.From(zone), Generation = generation };

    private static bool Send(ZonedSocket socket, in KeeperMessage message) => socket.Send(Bytes(in message));

    private static ReadOnlySpan<byte> Bytes(in KeeperMessage message) => MemoryMarshal.AsBytes(new ReadOnlySpan<KeeperMessage>(in message));
}
