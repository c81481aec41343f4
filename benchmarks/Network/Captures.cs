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

    /// <summary>For how long a rate is held.</summary>
    private const double Seconds = 0.5;

    /// <summary>Between one rate and the next, at first and once the rates of both sides have been found roughly.</summary>
    private const double Stride = 1.5, Step = 1.05;

    /// <summary>Packets of a flood.</summary>
    private const int Flood = 300_000;

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
        (Samples Ours, Samples Other) lossless = (new(), new()), kept = (new(), new()), processor = (new(), new());
        int count = Math.Max(3, subject.Settings.Samples / 10);
        await Samples.TurnsAsync(1, count, async (ours, counts) =>
        {
            Outcome flood = await Capturing(ours)(link, Flood, double.PositiveInfinity, file);
            if (counts)
            {
                Side(kept, ours).Add(flood.Kept / flood.Elapsed);
                Side(processor, ours).Add(flood.Processor * 1e9 / flood.Kept);
            }
        });

        // A rate that was kept is raised for the next turn, one that was not is lowered: each side soon goes up and down about the one
        // that it keeps every other time, and both meet the same disturbances.
        double[] rates = [Side(kept, true).Median, Side(kept, false).Median];
        int[] turns = [0, 0];
        await Samples.TurnsAsync(1, 4 * count, async (ours, _) =>
        {
            int side = ours ? 0 : 1, packets = (int)(rates[side] * Seconds);
            double held = rates[side];
            Outcome outcome = await Capturing(ours)(link, packets, held, file);
            bool isRough = turns[side]++ < count;
            double step = isRough ? Stride : Step;
            double reached = Math.Min(held, packets / outcome.Elapsed); // the link may carry no more
            rates[side] = outcome.Kept == packets ? reached * step : held / step;
            if (!isRough)
            {
                Side(lossless, ours).Add(reached);
            }
        });
        File.Delete(file);
        return
        [
            Row.CompareRates($"snoop into a file, packets of {FrameBytes} bytes a second without loss; beside: tcpdump -w", lossless, "a second", 0.9, "≥ 0.9 × tcpdump's"),
            Row.CompareRates("snoop into a file, packets kept a second of as many as the link carries; beside: tcpdump -w", kept, "a second", null, ""),
            Row.CompareRates("snoop into a file, processor time a packet; beside: tcpdump -w", processor, "ns", null, ""),
        ];
    }

    private static Capture Capturing(bool ours) => ours ? OursAsync : TcpdumpAsync;

    private static Samples Side((Samples Ours, Samples Other) both, bool ours) => ours ? both.Ours : both.Other;

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
    private static TimeSpan Drain => TimeSpan.FromSeconds(0.5);
}
