using System.Text;

namespace Zones.Specs;

/// <summary>What a path in a spec may be: absolute and already normal, so that it means the same wherever it is resolved.</summary>
internal static class SpecPath
{
    private const int PathMax = 4096; // limits.h, with the final NUL
    private const int NameMax = 255;

    /// <summary>What is wrong with a path, or null.</summary>
    public static string? Problem(string path)
    {
        if (!path.StartsWith('/'))
        {
            return $"'{path}' is not an absolute path";
        }

        if (Unprintable(path))
        {
            return "holds a control character or broken text; give a plain path";
        }

        if (Encoding.UTF8.GetByteCount(path) >= PathMax || path.Split('/').Any(name => Encoding.UTF8.GetByteCount(name) > NameMax))
        {
            return $"is longer than the kernel takes ({PathMax - 1} bytes, {NameMax} a name)";
        }

        return path.Length > 1 && path[1..].Split('/').Any(name => name is "" or "." or "..")
            ? $"'{path}' holds '.', '..', '//' or a '/' at its end; write it without"
            : null;
    }

    /// <summary>Whether a path is a directory or below it.</summary>
    public static bool IsAtOrBelow(string path, string directory) =>
        path == directory || directory == "/" || path.StartsWith(directory + "/", StringComparison.Ordinal);

    /// <summary>Whether a text holds what no name, path or line should: control characters, half a surrogate pair.</summary>
    public static bool Unprintable(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) || (char.IsSurrogate(text[i]) && !(char.IsSurrogatePair(text, i) && ++i > 0)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a text cannot be an argument of a program: NUL ends arguments, half a surrogate pair has no bytes.</summary>
    public static bool UnfitForArgument(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(char.IsSurrogatePair(text, i) && ++i > 0)))
            {
                return true;
            }
        }

        return false;
    }
}
