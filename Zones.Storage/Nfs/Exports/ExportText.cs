using System.Globalization;
using System.Net;

namespace Zones.Storage.Nfs;

/// <summary>An export on one line: <c>NAME=DIR[,rw][,squash=none|root|all][,anonuid=N][,anongid=N][,clients=ADDRESS[/BITS]+…][,secure][,shift=FIRST[+COUNT]]</c>.
/// The words are exports(5)'s where it has one.</summary>
public static class ExportText
{
    /// <summary>Reads an export.</summary>
    /// <param name="text">The line; a comma cannot be part of the directory.</param>
    /// <exception cref="FormatException">Says which part is wrong and what is allowed.</exception>
    public static NfsExport Parse(string text)
    {
        string[] parts = text.Split(',');
        int equals = parts[0].IndexOf('=');
        if (equals <= 0 || equals == parts[0].Length - 1)
        {
            throw new FormatException($"'{text}' is no export; it is NAME=DIR[,OPTION…]");
        }

        NfsExport export = new(parts[0][..equals].Trim('/'), parts[0][(equals + 1)..]);
        if (!export.Directory.StartsWith('/'))
        {
            throw new FormatException($"{export.Name}: '{export.Directory}' is not an absolute path");
        }

        foreach (string option in parts.AsSpan(1))
        {
            export = With(export, option);
        }

        return export;
    }

    /// <summary>Reads a file of exports: one on each line; empty lines and those that begin with # are skipped.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">Begins with FILE:LINE.</exception>
    /// <exception cref="ZoneException">The file cannot be read.</exception>
    public static IReadOnlyList<NfsExport> ReadFile(string path)
    {
        List<NfsExport> exports = [];
        int number = 0;
        foreach (string line in Lines(path).Select(line => line.Trim()))
        {
            number++;
            if (line.Length > 0 && line[0] != '#')
            {
                try
                {
                    exports.Add(Parse(line));
                }
                catch (FormatException e)
                {
                    throw new FormatException($"{path}:{number}: {e.Message}", e);
                }
            }
        }

        return exports;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : Directory.Exists(path) ? "is a directory" : $"cannot be read: {Text.Sentence(e.Message)}";
            throw new ZoneException($"{path}: {why}; a file of exports has NAME=DIR[,OPTION…] on each line", e) { Path = path };
        }
    }

    private static NfsExport With(NfsExport export, string option)
    {
        string[] words = option.Split('=', 2);
        string value = words.Length == 2 ? words[1] : "";
        return (words[0], words.Length) switch
        {
            ("ro", 1) => export with { ReadWrite = false },
            ("rw", 1) => export with { ReadWrite = true },
            ("secure", 1) => export with { PrivilegedPort = true },
            ("squash", 2) => export with { Squash = Squash(export, value) },
            ("anonuid", 2) => export with { AnonymousUid = Number(export, option, value) },
            ("anongid", 2) => export with { AnonymousGid = Number(export, option, value) },
            ("clients", 2) => export with { Clients = [.. export.Clients, .. value.Split('+').Select(text => Network(export, text))] },
            ("shift", 2) => export with { Ids = Shift(export, option, value.Split('+')) },
            _ => throw new FormatException($"{export.Name}: '{option}' is no option; there are ro, rw, secure, squash=none|root|all, anonuid=N, anongid=N, clients=ADDRESS[/BITS]+… and shift=FIRST[+COUNT]"),
        };
    }

    private static NfsSquash Squash(NfsExport export, string value) => value switch
    {
        "none" => NfsSquash.None,
        "root" => NfsSquash.Root,
        "all" => NfsSquash.All,
        _ => throw new FormatException($"{export.Name}: squash={value}: allowed are none, root and all"),
    };

    private static IdShift Shift(NfsExport export, string option, string[] words)
    {
        IdShift shift = new(Number(export, option, words[0]), words.Length == 1 ? 65536 : Number(export, option, words[1]));

        // Else ids would go round and the last be the first, or there would be no nobody for those that are outside.
        return shift.Count > IdShift.Nobody && (ulong)shift.First + shift.Count <= uint.MaxValue ? shift
            : throw new FormatException($"{export.Name}: {option}: the window must have more than {IdShift.Nobody} ids and end below {uint.MaxValue}; 65536 ids from a multiple of that is usual");
    }

    private static uint Number(NfsExport export, string option, string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? number
            : throw new FormatException($"{export.Name}: {option}: '{text}' is not a number from 0 to 4294967295");

    private static IPNetwork Network(NfsExport export, string text)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            return new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
        }

        return IPNetwork.TryParse(text, out IPNetwork network)
            ? network
            : throw new FormatException($"{export.Name}: clients: '{text}' is neither an address nor a prefix such as 10.0.0.0/8 or fd00::/8");
    }
}
