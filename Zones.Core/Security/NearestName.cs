namespace Zones.Security;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    private static readonly char[] Marks = ['-', '_', '.'];

    /// <summary>The nearest of <paramref name="known"/> within a third of the word's length, else the only one of which the word is a short form, or null.</summary>
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

        if (nearest is not null)
        {
            return nearest;
        }

        string[] longer = [.. known.Where(candidate => IsShortFor(word, candidate)).Distinct().Take(2)];
        return longer is [{ } only] ? only : null;
    }

    /// <summary>Whether a word is a name cut short, <c>autob</c>, or with letters left out, <c>max-procs</c>: part by part, each begins as the other's does.</summary>
    private static bool IsShortFor(string word, string name)
    {
        const int least = 3; // of fewer letters every name is one's
        string[] parts = word.Split(Marks), full = name.Split(Marks);
        return word.Length >= least && word.Length < name.Length && parts.Length == full.Length && parts.Zip(full).All(pair => IsPartShortFor(pair.First, pair.Second));
    }

    private static bool IsPartShortFor(string part, string whole)
    {
        if (whole.StartsWith(part, StringComparison.Ordinal))
        {
            return true;
        }

        int at = 0;
        foreach (char letter in whole)
        {
            at += at < part.Length && part[at] == letter ? 1 : 0;
        }

        return at == part.Length && part[0] == whole[0] && part.Length * 2 > whole.Length;
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
