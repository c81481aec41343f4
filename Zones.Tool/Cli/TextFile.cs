using System.Text;
using Zones.Interop;
using Zones.Tool.Terminals;

namespace Zones.Tool.Cli;

/// <summary>Files that a person names on the command line.</summary>
internal static class TextFile
{
    private const string DraftEnd = ".new";

    /// <summary>Reads a file, or standard input for <c>-</c>. Of what has no end as much as shows that it is too long.</summary>
    /// <param name="file">The file.</param>
    /// <param name="names">How the file is named, for errors: <c>-f names</c>.</param>
    /// <param name="what">What it should be, for errors.</param>
    /// <returns>The text, and what errors call it.</returns>
    public static (string Text, string Source) Read(string file, string names, string what)
    {
        if (file == "-")
        {
            using StreamReader typed = new(new StandardInput());
            return (ReadBounded(typed), "standard input");
        }

        if (FileStatus.Of(file, follow: true) is { IsRegular: false, IsDirectory: false } && !IsHandedOver(file))
        {
            throw new ZoneException($"{file}: not a regular file; {names} {what}, - is standard input");
        }

        try
        {
            using StreamReader reader = new(file);
            return (ReadBounded(reader), file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ZoneException($"{file}: no such file; {names} {what}, - is standard input");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ZoneException($"{file}: {(Directory.Exists(file) ? $"is a directory; {names} a file" : "cannot be read: permission denied")}");
        }
        catch (IOException e)
        {
            throw new ZoneException($"{file}: cannot be read: {Text.Sentence(e.Message)}");
        }
    }

    /// <summary>Whether a path stands for a descriptor that whoever started us opened, as <c>&lt;(…)</c> of a shell does: that has, or had, somebody at its other end.
    /// Anything else that is no file might be waited for, or read, for ever.</summary>
    private static bool IsHandedOver(string file)
    {
        string path = Path.GetFullPath(file);
        return path == "/dev/stdin" || ((string[])["/dev/fd/", "/proc/self/fd/"]).Any(place => path.StartsWith(place, StringComparison.Ordinal));
    }

    /// <summary>Writes a file whole: another one beside it takes its place when it is on the disk, so that an error leaves what was there. That one is
    /// new, with a name that nobody can foresee: in a directory of everybody's a link may lie in wait. What is no ordinary file, such as
    /// /dev/stdout, is written as it is.</summary>
    public static void Write(string file, string text)
    {
        string path = Path.GetFullPath(file), draft = $"{path}.{Guid.NewGuid():N}{DraftEnd}";
        try
        {
            if (FileStatus.Of(path) is { IsRegular: false })
            {
                File.WriteAllText(path, text);
                return;
            }

            using (FileStream written = new(draft, FileMode.CreateNew, FileAccess.Write))
            {
                written.Write(Encoding.UTF8.GetBytes(text));
                written.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }

            throw new ZoneException($"{file}: cannot be written: {Text.Sentence(e.Message)}");
        }
    }

    /// <summary>Takes away what a process has left beside a file that was killed as it wrote it.</summary>
    public static void RemoveDrafts(string path)
    {
        foreach (string draft in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.*{DraftEnd}"))
        {
            File.Delete(draft);
        }
    }

    private static string ReadBounded(TextReader reader)
    {
        StringBuilder text = new();
        char[] piece = new char[16 << 10];
        for (int length; text.Length <= ZoneSpecYaml.MaxLength && (length = reader.ReadBlock(piece)) > 0;)
        {
            text.Append(piece, 0, length);
        }

        return text.ToString();
    }
}
