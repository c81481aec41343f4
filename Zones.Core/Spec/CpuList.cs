using System.Globalization;

namespace Zones.Specs;

/// <summary>A list of processors as the kernel writes it: <c>0-3,6</c> (cpuset(7), "List format").</summary>
internal static class CpuList
{
    private const int Most = 8191;

    /// <summary>The processors, or null when the text is no list.</summary>
    public static SortedSet<int>? Parse(string text)
    {
        SortedSet<int> cpus = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !Number(ends[0], out int first) || !Number(ends[^1], out int last) || last < first)
            {
                return null;
            }

            cpus.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return cpus;
    }

    /// <summary>Processors as such a list.</summary>
    public static string Format(SortedSet<int> cpus)
    {
        List<(int First, int Last)> ranges = [];
        foreach (int cpu in cpus)
        {
            if (ranges.Count > 0 && ranges[^1].Last == cpu - 1)
            {
                ranges[^1] = (ranges[^1].First, cpu);
            }
            else
            {
                ranges.Add((cpu, cpu));
            }
        }

        return string.Join(',', ranges.Select(range => range.First == range.Last ? Text(range.First) : $"{Text(range.First)}-{Text(range.Last)}"));

        static string Text(int cpu) => cpu.ToString(CultureInfo.InvariantCulture);
    }

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Most;
}
