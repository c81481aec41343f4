using System.Text;

namespace Zones.Specs;

/// <summary>Words of a spec for the values of an enumeration: <c>FixedConfiguration</c> is <c>fixed-configuration</c>.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal static class SpecWord<T>
    where T : struct, Enum
{
    private static readonly T[] Values = Enum.GetValues<T>();

    /// <summary>The words, in the order of the values.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetNames<T>().Select(SpecWord.Kebab)];

    /// <summary>The word of a value.</summary>
    public static string Text(T value) => Words[Array.IndexOf(Values, value)];

    /// <summary>The value of a word, or null.</summary>
    public static T? Find(string word)
    {
        for (int i = 0; i < Values.Length; i++)
        {
            if (Words[i] == word)
            {
                return Values[i];
            }
        }

        return null;
    }
}

/// <summary>How names of the records are written in a spec.</summary>
internal static class SpecWord
{
    /// <summary><c>FixedConfiguration</c> as <c>fixed-configuration</c>.</summary>
    public static string Kebab(string name)
    {
        StringBuilder word = new();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && word.Length > 0)
            {
                word.Append('-');
            }

            word.Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }
}
