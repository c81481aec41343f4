using System.Diagnostics;

namespace Zones.Guest.Work;

/// <summary>Arithmetic without system calls or memory beyond the first cache: FNV-1a over 16 KiB, again and again.</summary>
internal static class CpuWork
{
    public static double BytesPerSecond(TimeSpan time)
    {
        byte[] block = new byte[16 << 10];
        ulong hash = 14695981039346656037;
        long blocks = 0, start = Stopwatch.GetTimestamp();
        TimeSpan passed;
        do
        {
            foreach (byte one in block)
            {
                hash = (hash ^ one) * 1099511628211;
            }

            // What it comes to is used, so that the loop is not left out.
            block[blocks++ % block.Length] = (byte)hash;
            passed = Stopwatch.GetElapsedTime(start);
        }
        while (passed < time);
        return blocks * block.Length / passed.TotalSeconds;
    }
}
