namespace Zones.Specs;

/// <summary>The text of <c>io.max</c>: a device and limits (cgroup-v2 of the kernel's documentation), such as <c>/dev/vda rbps=10M wiops=100</c>.</summary>
/// <param name="Device">/dev/NAME or MAJOR:MINOR.</param>
/// <param name="Limits">rbps, wbps, riops or wiops, and how much of it a second.</param>
internal sealed record BlockLimit(string Device, IReadOnlyList<(string Name, long Number)> Limits)
{
    private static readonly string[] Names = ["rbps", "wbps", "riops", "wiops"];

    /// <summary>Reads the text; null with what is wrong and what is allowed when it is none.</summary>
    public static BlockLimit? Parse(string text, out string wrong, out string allowed)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (wrong, allowed) = (text, "io.max is a device and limits, such as /dev/vda rbps=10M wiops=100");
        if (words.Length < 2)
        {
            return null;
        }

        if (!IsDevice(words[0]))
        {
            (wrong, allowed) = (words[0], "a block device is /dev/NAME or MAJOR:MINOR");
            return null;
        }

        List<(string, long)> limits = [];
        foreach (string word in words[1..])
        {
            string[] pair = word.Split('=');
            if (pair.Length != 2 || !Names.Contains(pair[0]) || !DataSize.TryParse(pair[1], out DataSize number) || number.Bytes == 0)
            {
                (wrong, allowed) = (word, "a limit is rbps=, wbps=, riops= or wiops= and a number above 0, with K, M, G or T for powers of 1,024");
                return null;
            }

            limits.Add((pair[0], number.Bytes));
        }

        return new(words[0], limits);
    }

    private static bool IsDevice(string text) =>
        text.StartsWith("/dev/", StringComparison.Ordinal)
            ? SpecPath.Problem(text) is null
            : text.Split(':') is [{ Length: > 0 and < 8 } major, { Length: > 0 and < 8 } minor] && major.All(char.IsAsciiDigit) && minor.All(char.IsAsciiDigit);
}
