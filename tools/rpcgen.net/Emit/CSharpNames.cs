using System.Text;

namespace Zones.Rpcgen.Emit;

/// <summary>How a protocol's names look in C#: types, members and procedures take C#'s case; constants and the names of enums stay as
/// the protocol writes them, so that they are found in its text.</summary>
internal static class CSharpNames
{
    // What a record or the generated code itself already calls so.
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "Encode", "Decode", "MinSize", "Equals", "GetHashCode", "ToString", "GetType", "Deconstruct", "PrintMembers", "Clone",
        "EqualityContract", "MemberwiseClone", "Finalize", "ReferenceEquals", "Without",
    };

    private static readonly HashSet<string> CSharpKeywords = new(StringComparer.Ordinal)
    {
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default",
        "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto",
        "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out",
        "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc",
        "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort",
        "using", "virtual", "void", "volatile", "while",
    };

    /// <summary><c>nfs_fh3</c> → <c>NfsFh3</c>, <c>GETATTR3args</c> → <c>Getattr3Args</c>, <c>nextEntry</c> → <c>NextEntry</c>.</summary>
    public static string Pascal(string name)
    {
        StringBuilder result = new(name.Length);
        char before = '_';
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c != '_')
            {
                bool starts = !char.IsAsciiLetter(before);
                bool inCapitals = char.IsAsciiLetterUpper(before) && char.IsAsciiLetterUpper(c);
                result.Append(starts ? char.ToUpperInvariant(c) : inCapitals ? char.ToLowerInvariant(c) : c);
            }

            before = c;
        }

        return result.Length == 0 || char.IsAsciiDigit(result[0]) ? "_" + result : result.ToString();
    }

    /// <summary>A member's name, other than its type's and those that a record already has.</summary>
    public static string Member(string name, string type)
    {
        string pascal = Pascal(name);
        return pascal == type || Taken.Contains(pascal) ? pascal + "Value" : pascal;
    }

    /// <summary>A local variable of the name.</summary>
    public static string Local(string name)
    {
        string pascal = Pascal(name);
        string local = char.ToLowerInvariant(pascal[0]) + pascal[1..];
        return local is "reader" or "writer" ? local + "Value" : Verbatim(local);
    }

    /// <summary>The protocol's own spelling.</summary>
    public static string Verbatim(string name) => CSharpKeywords.Contains(name) ? "@" + name : name;

    /// <summary>What a version of a program is called: <c>NFS_PROGRAM</c> 3 → <c>Nfs3</c>.</summary>
    public static string Version(string program, Int128 number)
    {
        string stem = program;
        foreach (string suffix in (string[])["_PROGRAM", "_PROG", "PROGRAM", "PROG"])
        {
            if (stem.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && stem.Length > suffix.Length)
            {
                stem = stem[..^suffix.Length];
                break;
            }
        }

        string name = Pascal(stem);
        return char.IsAsciiDigit(name[^1]) ? $"{name}V{number}" : $"{name}{number}";
    }

    /// <summary>The procedures' names without what all of them begin with: <c>NFSPROC3_GETATTR</c> → <c>GETATTR</c>.</summary>
    public static IReadOnlyList<string> Procedures(IReadOnlyList<string> names)
    {
        int common = 0;
        for (int i = 0; i < names.Min(name => name.Length) - 1 && names.All(name => name[i] == names[0][i]); i++)
        {
            common = names[0][i] == '_' ? i + 1 : common;
        }

        return [.. names.Select(name => name[common..])];
    }
}
