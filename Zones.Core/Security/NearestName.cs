namespace Zones.Security;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The nearest of <paramref name="known"/>, or null when none is within a third of the word's length.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What is allowed.</param>
    public static string? Of(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        int best = Math.Max(1, word.Length / 3) + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(word, candidate);
            if (distance < best)
            {
                (nearest, best) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>How many characters are to be inserted, removed or replaced, or neighbours exchanged (Damerau and Levenshtein's
    /// distance, each place touched once).</summary>
    private static int Distance(string from, string to)
    {
        int[] before = [];
        int[] last = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int[] row = new int[to.Length + 1];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                bool exchanged = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                row[j] = Math.Min(Math.Min(replaced, exchanged ? before[j - 2] + 1 : int.MaxValue), Math.Min(last[j], row[j - 1]) + 1);
            }

            (before, last) = (last, row);
        }

        return last[^1];
    }
}
