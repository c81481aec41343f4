using System.Text;
using Zones.Domains.Build;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>Process 1: takes the kernel from its first process to the spec's init, and stays to reap and to tell how init ended.</summary>
internal static unsafe class GuestBoot
{
    private static readonly string[] Path = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    /// <summary>All that processes send each other; not what the runtime needs (real-time signals), what says that it is at fault (ILL, TRAP, BUS,
    /// FPE, SEGV), or what cannot be blocked (KILL, STOP).</summary>
    public const ulong Waited = 0x7FFFFFFF & ~((1UL << 3) | (1UL << 4) | (1UL << 6) | (1UL << 7) | (1UL << 8) | (1UL << 10) | (1UL << 18));

    /// <summary>Does not return.</summary>
    public static int Run()
    {
        BlockSignals();
        IHostPorts? ports = null;
        try
        {
            Call.Mount("devtmpfs", "dev", "/dev");
            Call.Mount("proc", "proc", "/proc");
            Call.Mount("sysfs", "sys", "/sys");
            GuestSettings settings = GuestSettings.Read(Call.ReadFile(GuestSettings.File) ?? throw new GuestException("the initial root has no settings"));
            LoadModules();
            ports = settings.Secret.Length > 0 ? XenPorts.Open(settings) : GuestPorts.Open();
            fixed (byte* name = Call.Text(settings.Hostname))
            {
                Kernel.Call(Linux.Sethostname, name, Encoding.UTF8.GetByteCount(settings.Hostname));
            }

            GuestNetwork.BringUp(Encoding.UTF8.GetString(Call.ReadFile("/proc/cmdline") ?? []));
            GuestRoot.Enter(settings);
            if (settings.IsProcess1)
            {
                BecomeInit(settings, (GuestPorts)ports); // verify has refused it under Xen
            }

            (ports as GuestPorts)?.Listen(Linux.SIGTERM);
            int init = StartInit(settings);
            ports.Say(GuestSettings.Running);
            Reap(ports, init);
        }
        catch (GuestException e)
        {
            ports?.Say(GuestSettings.Failed + e.Message);
            Say($"zone-guest: {e.Message}\n");
        }

        Leave(powerOff: ports is XenPorts);
        return 1;
    }

    /// <summary>Signals are waited for, and must be blocked in every thread: one that the runtime has started would take a SIGIO as its end, and the
    /// kernel panics when process 1 ends. A mask lasts over execve(2), so this program starts anew with it.</summary>
    private static void BlockSignals()
    {
        ulong before, waited = Waited;
        Kernel.Call(Linux.RtSigprocmask, 0 /* SIG_BLOCK */, (long)&waited, (long)&before, sizeof(ulong));
        if ((before & waited) == waited)
        {
            return;
        }

        fixed (byte* program = "/init\0"u8)
        {
            byte** arguments = stackalloc byte*[2];
            arguments[0] = program;
            arguments[1] = null;
            Kernel.Call(Linux.Execve, program, (long)arguments, (long)(arguments + 1));
        }
    }

    /// <summary>In the order that the builder found, and each only for as long as it is needed: what is left in the initial root is memory.</summary>
    private static void LoadModules()
    {
        foreach (string name in Encoding.UTF8.GetString(Call.ReadFile("/modules/order") ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string path = "/modules/" + name;
            GuestException.ThrowIf(Call.LoadModule(path), $"load the kernel's module {name}");
            Call.Remove(path);
        }
    }

    private static void BecomeInit(GuestSettings settings, GuestPorts ports)
    {
        int errno = GuestListener.StartAndBecome(settings.Init, EnvironmentOf(settings), ports);
        throw new GuestException($"init: {settings.Init[0]}: cannot execute: errno {errno}");
    }

    private static IReadOnlyList<string> EnvironmentOf(GuestSettings settings) => settings.Environment.Count > 0 ? settings.Environment : Path;

    private static int StartInit(GuestSettings settings)
    {
        if (settings.Init.Count == 0)
        {
            return 0;
        }

        int console = Call.Open("/dev/console", Linux.O_RDWR | Linux.O_NOCTTY);
        int input = settings.Console ? Call.Open("/dev/console", Linux.O_RDONLY | Linux.O_NOCTTY) : Call.Open("/dev/null", Linux.O_RDONLY);
        ChildPlan plan = new()
        {
            Program = settings.Init[0],
            Arguments = settings.Init,
            Environment = EnvironmentOf(settings),
            Descriptors = (input, console, console),
        };
        int init = Child.Start(plan, out int errno, out string step);
        Kernel.Close(input);
        Kernel.Close(console);
        return init != 0 ? init : throw new GuestException($"init: {settings.Init[0]}: cannot {step}: errno {errno}");
    }

    /// <summary>Until init has ended. Without an init, until a signal asks for the end.</summary>
    private static void Reap(IHostPorts ports, int init)
    {
        while (true)
        {
            int status;
            for (long ended; (ended = Kernel.Call(Linux.Wait4, -1, (long)&status, Linux.WNOHANG)) > 0;)
            {
                if (ended == init)
                {
                    int code = (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
                    ports.Say(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{GuestSettings.Ended}{code}"));
                    return;
                }

                ports.Ended((int)ended);
            }

            ports.StartAgents();
            long signal = AwaitSignal();
            if (signal is Linux.SIGTERM or Linux.SIGINT or Linux.SIGPWR)
            {
                if (init == 0)
                {
                    ports.Say(GuestSettings.Ended + "0");
                    return;
                }

                Kernel.Call(Linux.Kill, init, signal);
            }
        }
    }

    /// <summary>The next signal; negative after a second without, should a SIGIO have come between two looks.</summary>
    public static long AwaitSignal()
    {
        long* pause = stackalloc long[2];
        (pause[0], pause[1]) = (1, 0);
        ulong waited = Waited;
        return Kernel.Call(Linux.RtSigtimedwait, (long)&waited, 0, (long)pause, sizeof(ulong));
    }

    private static void Say(string text)
    {
        int console = Call.Open("/dev/console", Linux.O_WRONLY | Linux.O_NOCTTY);
        if (console >= 0)
        {
            Call.Write(console, Encoding.UTF8.GetBytes(text));
            Kernel.Close(console);
        }
    }

    /// <summary>reboot(2). A microvm has no power to be switched off; it is told to end instead of starting anew. Under Xen a PVH domain has nothing to reset.</summary>
    private static void Leave(bool powerOff)
    {
        const int magic1 = unchecked((int)0xfee1dead), magic2 = 672274793, restart = 0x1234567, off = 0x4321fedc;
        Kernel.Call(Linux.Sync);
        Kernel.Call(Linux.Reboot, magic1, magic2, powerOff ? off : restart);
    }
}
