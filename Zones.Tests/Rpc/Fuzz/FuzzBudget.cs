using System.Diagnostics;

namespace Zones.Tests.Rpc.Fuzz;

/// <summary>How long a fuzz test goes on: a fixed number of rounds from a fixed seed, so that every run of the suite is the same; or, when
/// <c>ZONES_FUZZ_SECONDS</c> says so, that long from a new seed, which is written down.</summary>
internal sealed class FuzzBudget
{
    private readonly int _rounds;
    private readonly TimeSpan? _time;
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _done;

    public FuzzBudget(int rounds)
    {
        _rounds = rounds;
        if (int.TryParse(Environment.GetEnvironmentVariable("ZONES_FUZZ_SECONDS"), out int seconds))
        {
            _time = TimeSpan.FromSeconds(seconds);
            Seed = Environment.TickCount;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
    }

    public int Seed { get; } = 1813;

    public bool Next() => _time is { } time ? Stopwatch.GetElapsedTime(_began) < time : _done++ < _rounds;
}
