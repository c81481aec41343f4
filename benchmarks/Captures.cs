using System.Diagnostics;
using System.Globalization;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Capture;
using Zones.Network.Snoop.Files;
using Zones.Network.Snoop.Filters;
using Zones.Wire;

namespace Zones.Benchmarks;

/// <summary>Capturing into a file beside <c>tcpdump -w</c>, on a veth, both with a ring of 16 MiB and a filter that matches.</summary>
internal static class Captures
{
    private const int RingMebibytes = 16;
    private const int FrameBytes = 200;
    private const string Filter = "udp port 9";

    /// <summary>For how long a rate is held, and the least step between two rates.</summary>
    private const double Seconds = 0.5, Step = 1.05;

    private delegate Task<Outcome> Capture(CaptureLink link, int count, double rate, string file);

    /// <summary>What became of packets sent.</summary>
    /// <param name="Kept">Packets in the file.</param>
    /// <param name="Elapsed">Seconds of sending.</param>
    /// <param name="Processor">Seconds of processor time that the capturing thread or process used.</param>
    private readonly record struct Outcome(int Kept, double Elapsed, double Processor);

    public static async Task<Row[]> BesideTcpdumpAsync(Subject subject)
    {
        string file = Path.Combine(subject.Directory, "capture.pcap");
        using CaptureLink link = new(FrameBytes);
        (List<double> Ours, List<double> Other) lossless = ([], []), kept = ([], []), processor = ([], []);
        int samples = Math.Max(3, subject.Settings.Samples / 20);
        for (int i = -1; i < samples; i++)
        {
            for (int turn = 0; turn < 2; turn++)
            {
                bool ours = (turn == 0) != ((i & 1) != 0);
                Capture capture = ours ? OursAsync : TcpdumpAsync;
                const int all = 400_000;
                Outcome flood = await capture(link, all, double.PositiveInfinity, file);
                double most = await LosslessAsync(capture, link, all / flood.Elapsed, file);
                if (i >= 0)
                {
                    (ours ? kept.Ours : kept.Other).Add(flood.Kept / flood.Elapsed);
                    (ours ? processor.Ours : processor.Other).Add(flood.Processor * 1e9 / flood.Kept);
                    (ours ? lossless.Ours : lossless.Other).Add(most);
                }
            }
        }

        File.Delete(file);
        return
        [
            Compare($"snoop into a file, packets of {FrameBytes} bytes a second without loss; beside: tcpdump -w", lossless, " a second", 0.9, "≥ 0.9 × tcpdump's"),
            Compare("snoop into a file, packets kept a second of as many as the link carries; beside: tcpdump -w", kept, " a second", null, ""),
            Compare("snoop into a file, processor time a packet; beside: tcpdump -w", processor, " ns", null, ""),
        ];
    }

    private static Row Compare(string what, (List<double> Ours, List<double> Other) measured, string unit, double? least, string bound)
    {
        (double ours, double other) = (Median(measured.Ours), Median(measured.Other));
        return new(what, Text(ours), Text(other), ours / other, bound, least is { } ratio ? ours / other >= ratio : null);

        string Text(double value) => value.ToString("N0", CultureInfo.InvariantCulture) + unit;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>The greatest rate at which all packets are kept, by halving between one that is and one that is not.</summary>
    private static async Task<double> LosslessAsync(Capture capture, CaptureLink link, double carried, string file)
    {
        double low = carried / 64, high = carried * Step, reached = 0;
        while (high / low > Step)
        {
            double rate = Math.Sqrt(low * high);
            int count = (int)(rate * Seconds);
            Outcome outcome = await capture(link, count, rate, file);
            if (outcome.Kept == count)
            {
                (low, reached) = (rate, count / outcome.Elapsed);
            }
            else
            {
                high = rate;
            }
        }

        return Math.Max(reached, low);
    }

    private static async Task<Outcome> OursAsync(CaptureLink link, int count, double rate, string file)
    {
        using PacketCapture capture = PacketCapture.Open(link.Namespace, CaptureLink.Receiving, new CaptureOptions { Filter = PacketFilter.Parse(Filter), Ring = DataSize.MiB(RingMebibytes) });
        using CancellationTokenSource stop = new();
        Task<(int Packets, double Processor)> reading = Task.Factory.StartNew(() => Copy(capture, file, stop.Token), TaskCreationOptions.LongRunning);
        double elapsed = link.Send(count, rate);
        await Task.Delay(Drain);
        await stop.CancelAsync();
        (int packets, double processor) = await reading;
        return new Outcome(packets, elapsed, processor);
    }

    private static (int Packets, double Processor) Copy(PacketCapture capture, string file, CancellationToken stop)
    {
        int packets = 0;
        double before = ThreadTime();
        using CaptureFileWriter writer = CaptureFileWriter.Create(file);
        while (capture.TryRead(out CapturedPacket packet, stop))
        {
            writer.Write(packet);
            packets++;
        }

        return (packets, ThreadTime() - before);
    }

    private static unsafe double ThreadTime()
    {
        const int clockGettime = 228, threadCpuTime = 3;
        long* time = stackalloc long[2];
        Kernel.Call(clockGettime, threadCpuTime, (long)time);
        return time[0] + (time[1] / 1e9);
    }

    private static async Task<Outcome> TcpdumpAsync(CaptureLink link, int count, double rate, string file)
    {
        using Process tcpdump = link.Start(
            "tcpdump", "-Z", "root", "-n", "-i", CaptureLink.Receiving, "-B", (RingMebibytes << 10).ToString(CultureInfo.InvariantCulture), "--time-stamp-precision=nano", "-w", file, Filter);
        string? line;
        while ((line = await tcpdump.StandardError.ReadLineAsync()) is not null && !line.Contains("listening on", StringComparison.Ordinal))
        {
        }

        double before = tcpdump.TotalProcessorTime.TotalSeconds;
        double elapsed = link.Send(count, rate);
        await Task.Delay(Drain);
        tcpdump.Refresh();
        double processor = tcpdump.TotalProcessorTime.TotalSeconds - before;
        Kernel.Call(Linux.Kill, tcpdump.Id, Linux.SIGINT);
        string counts = await tcpdump.StandardError.ReadToEndAsync();
        await tcpdump.WaitForExitAsync();
        string captured = counts.Split('\n').FirstOrDefault(text => text.Contains("captured", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"tcpdump: {line}{counts}");
        return new Outcome(int.Parse(captured.Split(' ')[0], CultureInfo.InvariantCulture), elapsed, processor);
    }

    /// <summary>For what is in the ring still when the last packet was sent: longer than either takes to read all of it.</summary>
    private static TimeSpan Drain => TimeSpan.FromSeconds(1.2);
}
