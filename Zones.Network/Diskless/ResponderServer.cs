using Zones.Interop;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Network.Diskless;

/// <summary>The process that answers on one bridge (<c>zone serve-mount responder-…</c>): zoned's keeper starts it with its sockets, and starts
/// another when it ends. It remembers nothing, so it may be killed at any moment.</summary>
internal static unsafe class ResponderServer
{
    /// <summary>Names of such servers begin so.</summary>
    public const string Prefix = "responder-";

    private const int LongestFrame = 2048;

    /// <summary>The server's name.</summary>
    public static string NameOf(string bridge) => Prefix + bridge;

    /// <summary>Answers until it is killed.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="name">The server's name.</param>
    /// <param name="descriptors">Numbers of the sockets, with a comma between.</param>
    public static void Run(string state, string name, string descriptors)
    {
        int[] numbers = HeldServer.Begin(state, name, descriptors);
        using SafeFd socket = new(numbers[0]);
        string bridge = name[Prefix.Length..];
        BootEntries entries = new(state, bridge);
        Serve(socket, new Responder(ResponderSockets.LinkAt(socket, bridge).Mac, entries.Find));
    }

    private static void Serve(SafeFd socket, Responder responder)
    {
        byte[] frame = new byte[LongestFrame];
        while (true)
        {
            long length;
            fixed (byte* first = frame)
            {
                length = Kernel.Call(Linux.Read, socket.Number, (long)first, frame.Length);
            }

            if (length < 0)
            {
                Thread.Sleep(1000); // the bridge is down
            }
            else if (responder.Answer(frame.AsSpan(0, (int)length)) is { } answer)
            {
                fixed (byte* first = answer)
                {
                    Kernel.Call(Linux.Write, socket.Number, (long)first, answer.Length);
                }
            }
        }
    }
}
