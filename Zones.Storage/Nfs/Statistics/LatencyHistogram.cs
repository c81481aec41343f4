using System.Numerics;

namespace Zones.Storage.Nfs;

/// <summary>Durations in buckets that are an eighth of their power of two wide, so that a percentile is right to 12 %. Counting takes no lock.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 3;
    private const int Steps = 1 << StepBits;

    private readonly long[] _buckets = new long[(40 - StepBits) * Steps];

    /// <param name="nanoseconds">0 to 9 minutes; what is longer counts as that.</param>
    public void Add(long nanoseconds) => Interlocked.Increment(ref _buckets[BucketOf(nanoseconds)]);

    /// <summary>The durations below which the given shares of all lie, nanoseconds; 0 when there are none.</summary>
    public long[] Percentiles(params ReadOnlySpan<double> shares)
    {
        long[] buckets = [.. _buckets];
        long all = buckets.Sum();
        long[] result = new long[shares.Length];
        for (int i = 0; i < shares.Length && all > 0; i++)
        {
            long below = 0;
            int bucket = 0;
            while (bucket < buckets.Length - 1 && below + buckets[bucket] < shares[i] * all)
            {
                below += buckets[bucket++];
            }

            result[i] = EndOf(bucket);
        }

        return result;
    }

    private int BucketOf(long value)
    {
        if (value < Steps)
        {
            return (int)Math.Max(0, value);
        }

        int power = BitOperations.Log2((ulong)value);
        int step = (int)(value >> (power - StepBits)) & (Steps - 1);
        return Math.Min(((power - StepBits + 1) * Steps) + step, _buckets.Length - 1);
    }

    private static long EndOf(int bucket)
    {
        int power = (bucket >> StepBits) + StepBits - 1;
        return bucket < Steps ? bucket : ((long)((bucket & (Steps - 1)) + Steps + 1) << (power - StepBits)) - 1;
    }
}
