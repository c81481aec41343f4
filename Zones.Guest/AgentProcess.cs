using System.Globalization;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>How what listens for the host hears of it, and starts an agent.</summary>
internal static unsafe class AgentProcess
{
    private const int SetFlags = 4, SetOwner = 8; // F_SETFL, F_SETOWN
    private const int Asynchronous = 0x2000; // O_ASYNC: SIGIO when the host connects, disconnects or sends

    /// <summary>From now on a process is told of what happens there, by SIGIO.</summary>
    /// <param name="descriptor">The host's port, or where it connects.</param>
    /// <param name="process">Which.</param>
    public static void Tell(int descriptor, int process)
    {
        Kernel.Call(Linux.Fcntl, descriptor, SetOwner, process);
        Kernel.Call(Linux.Fcntl, descriptor, SetFlags, Linux.O_RDWR | Linux.O_NONBLOCK | Asynchronous);
    }

    /// <summary>Starts one.</summary>
    /// <param name="port">What it serves.</param>
    /// <param name="shutdownSignal">What it sends process 1 when the host wants the end.</param>
    /// <param name="environment">Its own.</param>
    /// <returns>Its number; 0 when it could not be started.</returns>
    public static int Start(int port, int shutdownSignal, IReadOnlyList<string> environment)
    {
        int console = Call.Open("/dev/console", Linux.O_RDWR | Linux.O_NOCTTY);
        int agent = Child.Start(new()
        {
            Program = "/proc/self/exe",
            Arguments = ["zone-guest", "agent", port.ToString(CultureInfo.InvariantCulture), shutdownSignal.ToString(CultureInfo.InvariantCulture)],
            Environment = environment,
            Descriptors = (console, console, console),
            Kept = [port],
        }, out _, out _);
        Kernel.Close(console);
        return agent;
    }
}
