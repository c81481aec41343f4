using System.Globalization;
using System.Text;
using Zones.Wire;

namespace Zones.Guest.Work;

/// <summary>The work of <c>zone compare</c>: what runs in the same way as a process of the host, in a zone and in a domain. It needs nothing
/// of the root that it runs in.</summary>
internal static class WorkProgram
{
    /// <summary>What the comparison waits for on standard output.</summary>
    private const string Answer = "answer\n";

    public static int Run(string[] words)
    {
        switch (words)
        {
            // What is booted where the spec has no init: it answers once, and waits to be ended.
            case ["idle"]:
                Say(Answer);
                return Idle();

            // Returns when something listens on a port of this stack.
            case ["connect", string port]:
                return TcpWork.Await(Number(port)) ? 0 : 1;

            // MILLISECONDS of each kind, against a server if there is one; a line NAME VALUE for each figure.
            case ["measure", string time]:
                Measure(TimeSpan.FromMilliseconds(Number(time)));
                return 0;

            case ["measure", string time, string address, string port]:
                Measure(TimeSpan.FromMilliseconds(Number(time)));
                MeasureLink(TimeSpan.FromMilliseconds(Number(time)), address, Number(port));
                return 0;

            // Holds memory and the files' pages until it is ended.
            case ["load"]:
                MemoryWork.Hold();
                FileWork.Find()?.ReadAll();
                Say("loaded\n");
                return Idle();

            case ["serve", string address]:
                return TcpWork.Serve(address);

            case ["bare", string root, .. string[] command]:
                return BareProcess.Run(root, command);

            default:
                return 2;
        }
    }

    /// <summary>A figure for the comparison, in seconds, bytes a second, or as its name says.</summary>
    public static void Tell(string name, double value) => Say(string.Create(CultureInfo.InvariantCulture, $"{name} {value:R}\n"));

    public static void Say(string text) => Call.Write(1, Encoding.UTF8.GetBytes(text));

    private static void Measure(TimeSpan time)
    {
        // First, while nobody has read a file yet in this boot.
        if (FileWork.Find() is { } files)
        {
            Tell("files.first", files.ReadAll().TotalSeconds / files.Count);
            Tell("files.stat", files.Look(time));
            Tell("files.read", files.ReadBytesPerSecond(time));
        }

        Tell("syscall", CallWork.SystemCall(time));
        if (CallWork.ForkExec(time) is { } seconds)
        {
            Tell("fork-exec", seconds);
        }

        Tell("cpu", CpuWork.BytesPerSecond(time));
    }

    private static void MeasureLink(TimeSpan time, string address, int port)
    {
        if (TcpWork.Latency(address, port, time) is { } latency)
        {
            Tell("tcp.latency", latency);
        }

        if (TcpWork.Throughput(address, port, time) is { } rate)
        {
            Tell("tcp.throughput", rate);
        }
    }

    /// <summary>Until a signal ends it: as process 1 of a pid namespace or as anybody's child.</summary>
    private static unsafe int Idle()
    {
        while (true)
        {
            Kernel.Call(Linux.Poll, 0, 0, -1);
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
