using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace Zones.Benchmarks;

/// <summary>Measurements of one thing: durations in milliseconds, or rates.</summary>
internal sealed class Samples
{
    private readonly List<double> _sorted = [];

    public double Median => Quantile(0.5);

    public void Add(double value)
    {
        int at = _sorted.BinarySearch(value);
        _sorted.Insert(at < 0 ? ~at : at, value);
    }

    /// <summary>Median and the middle half: a mean would tell about the one sample that a timer interrupted.</summary>
    public override string ToString() =>
        Median >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{Median:0.00} ms ({Quantile(0.25):0.00} to {Quantile(0.75):0.00})")
            : string.Create(CultureInfo.InvariantCulture, $"{Median * 1000:0.0} µs ({Quantile(0.25) * 1000:0.0} to {Quantile(0.75) * 1000:0.0})");

    /// <summary>As <see cref="ToString()"/>, of rates.</summary>
    public string ToString(string unit)
    {
        string format = Median < 1000 ? "0.00" : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{Text(0.5)} {unit} ({Text(0.25)} to {Text(0.75)})");

        string Text(double q) => Quantile(q).ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Measures two things in turns, so that what changes on the machine changes for both. Who goes first
    /// alternates, because whoever follows inherits the other's dying namespaces.</summary>
    /// <param name="count">Samples of each.</param>
    /// <param name="pause">Idle time before each sample.</param>
    /// <param name="ours">Runs once and returns milliseconds.</param>
    /// <param name="other">The same.</param>
    /// <param name="compile">Whether ours is first run until nothing of it is compiled any more; needless where the JIT's part is small.</param>
    public static async Task<(Samples Ours, Samples Other)> InTurnsAsync(int count, TimeSpan pause, Func<Task<double>> ours, Func<Task<double>> other, bool compile = true, int warmUp = 3)
    {
        Samples first = new();
        Samples second = new();
        if (compile)
        {
            await WarmUpAsync(ours);
        }

        await TurnsAsync(warmUp, count, async (isOurs, counts) =>
        {
            await Task.Delay(pause);
            double elapsed = await (isOurs ? ours() : other());
            if (counts)
            {
                (isOurs ? first : second).Add(elapsed);
            }
        });
        return (first, second);
    }

    /// <summary>Turns of two sides; who goes first alternates.</summary>
    /// <param name="warmUp">Turns of each before those that count.</param>
    /// <param name="count">Turns of each that count.</param>
    /// <param name="turn">Takes whether it is ours, and whether it counts.</param>
    public static async Task TurnsAsync(int warmUp, int count, Func<bool, bool, Task> turn)
    {
        for (int i = -warmUp; i < count; i++)
        {
            bool swapped = (i & 1) != 0;
            await turn(!swapped, i >= 0);
            await turn(swapped, i >= 0);
        }
    }

    /// <summary>Runs until nothing is compiled any more: what is measured is a service that has been up for a while. Else the JIT
    /// is at work on one of the processors while the other is measured.</summary>
    private static async Task WarmUpAsync(Func<Task<double>> ours)
    {
        const int Round = 40, Rounds = 20, Few = 5;
        long before;
        int rounds = 0;
        do
        {
            before = JitInfo.GetCompiledMethodCount();
            for (int i = 0; i < Round; i++)
            {
                await ours();
            }

            // Longer than the JIT's own pause before it compiles again what was called often.
            await Task.Delay(300);
        }
        while (JitInfo.GetCompiledMethodCount() - before > Few && ++rounds < Rounds);
    }

    /// <summary>How long <paramref name="action"/> takes, in milliseconds.</summary>
    /// <param name="action">Runs once.</param>
    public static async Task<double> TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public double Quantile(double q)
    {
        double position = q * (_sorted.Count - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, _sorted.Count - 1);
        return _sorted[below] + ((position - below) * (_sorted[above] - _sorted[below]));
    }
}
