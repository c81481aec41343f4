namespace QuickStart;

/// <summary>How the demo speaks: chapters, what was asked, what the kernel answered. Colours only on a terminal.</summary>
internal static class Story
{
    private static readonly bool Colours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
    private static int _chapter;

    public static void Chapter(string title, string about)
    {
        Console.WriteLine();
        Console.WriteLine($"{Paint("1;36", $"{++_chapter,2}. {title}")}");
        Console.WriteLine($"    {Paint("2", about)}");
        Console.WriteLine();
    }

    public static void Say(string text) => Console.WriteLine(text.Length == 0 ? "" : "    " + text.ReplaceLineEndings("\n    "));

    /// <summary>A call of the library and what it came to.</summary>
    /// <param name="call">The call, short.</param>
    /// <param name="outcome">The answer.</param>
    public static void Call(string call, string outcome) => Say($"{Paint("33", call.PadRight(28))} {outcome}");

    /// <summary>A command inside the zone and what it printed.</summary>
    /// <param name="command">As one would type it there.</param>
    /// <param name="output">What it printed.</param>
    public static void Inside(string command, string output)
    {
        Say($"{Paint("32", "demo#")} {command}");
        if (output.Length > 0)
        {
            Say(output.TrimEnd());
        }
    }

    public static void Fine(string text) => Say($"{Paint("1;32", "✓")} {text}");

    public static void Failed(string text) => Say($"{Paint("1;31", "✗")} {text}");

    /// <summary>Says <paramref name="text"/> if it is so, and ends the demo if it is not.</summary>
    /// <param name="soItIs">What was expected.</param>
    /// <param name="text">The expectation, in words.</param>
    /// <param name="otherwise">What was found instead.</param>
    public static void Expect(bool soItIs, string text, string otherwise)
    {
        if (!soItIs)
        {
            throw new UnexpectedException($"not as expected: {text}; found: {otherwise.Trim()}");
        }

        Fine(text);
    }

    private static string Paint(string colour, string text) => Colours ? $"\e[{colour}m{text}\e[0m" : text;
}

/// <summary>The zone did not behave as the demo promises.</summary>
/// <param name="message">What was expected and what was found.</param>
internal sealed class UnexpectedException(string message) : Exception(message);
