using System.Globalization;
using Zones.Domains.Build;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>Beside an init that is process 1 itself: what answers the host.</summary>
internal static unsafe class GuestListener
{
    private const int RealTimeMinimum = 34;

    /// <summary>systemd leaves processes alone at its end whose name begins so (systemd.io/ROOT_STORAGE_DAEMONS).</summary>
    private const string Name = "@zone-guest";

    /// <summary>Starts it, and becomes init. Returns only when that cannot be: an error number.</summary>
    public static int StartAndBecome(IReadOnlyList<string> init, IReadOnlyList<string> environment, GuestPorts ports)
    {
        int* begun = stackalloc int[2];
        Kernel.Call(Linux.Pipe2, begun, Linux.O_CLOEXEC);
        int console = Call.Open("/dev/console", Linux.O_RDWR | Linux.O_NOCTTY);
        int nothing = Call.Open("/dev/null", Linux.O_RDWR);
        Child.Start(new()
        {
            Program = "/proc/self/exe",
            Arguments = [Name, "listen", Text(begun[0]), Text(ShutdownSignal(init[0])), string.Join(',', ports.Descriptors.Select(Text))],
            Environment = [],
            Descriptors = (nothing, console, console),
            Kept = [begun[0], .. ports.Descriptors],
            Blocked = GuestBoot.Waited,
        }, out _, out _);
        foreach (int standard in (int[])[0, 1, 2])
        {
            Kernel.Call(Linux.Dup3, console, standard, 0);
        }

        return Child.Become(init[0], init, environment);
    }

    /// <summary>The listener itself: for as long as the domain lives.</summary>
    /// <param name="begun">Read end of a pipe that is closed, and nothing in it, when process 1 is init.</param>
    /// <param name="shutdownSignal">What asks init for the end.</param>
    /// <param name="descriptors">The ports.</param>
    public static int Run(int begun, int shutdownSignal, int[] descriptors)
    {
        byte nothing;
        Kernel.Call(Linux.Read, begun, (long)&nothing, 1);
        GuestPorts ports = GuestPorts.Inherit(descriptors[0], descriptors[1..]);
        ports.Listen(shutdownSignal);
        ports.Say(GuestSettings.Running);
        while (true)
        {
            int status;
            for (long ended; (ended = Kernel.Call(Linux.Wait4, -1, (long)&status, Linux.WNOHANG)) > 0;)
            {
                ports.Ended((int)ended);
            }

            ports.StartAgents();
            GuestBoot.AwaitSignal();
        }
    }

    /// <summary>Power-off, as systemd(1) has it: after a halt the machine would stand there. SIGPWR for others.</summary>
    private static int ShutdownSignal(string init) => init[(init.LastIndexOf('/') + 1)..] is "systemd" or "init" ? RealTimeMinimum + 4 : Linux.SIGPWR;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
