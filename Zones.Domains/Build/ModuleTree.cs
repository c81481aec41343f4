using System.Text;

namespace Zones.Domains.Build;

/// <summary>A kernel's modules: lib/modules/RELEASE of a root, or of a kernel package that was only unpacked.</summary>
internal sealed class ModuleTree
{
    private readonly string _directory;
    private readonly HashSet<string> _builtIn;
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]>? _dependencies;

    private ModuleTree(string directory)
    {
        _directory = directory;
        string builtIn = Path.Combine(directory, "modules.builtin"), dependencies = Path.Combine(directory, "modules.dep");
        _builtIn = File.Exists(builtIn) ? [.. File.ReadLines(builtIn).Select(NameOf)] : [];
        if (File.Exists(dependencies))
        {
            // As depmod(8) writes it: a module, a colon, and what it needs directly or not.
            _dependencies = new(StringComparer.Ordinal);
            foreach (string[] parts in File.ReadLines(dependencies).Select(line => line.Split(':')).Where(parts => parts.Length == 2))
            {
                _files[NameOf(parts[0])] = Path.Combine(directory, parts[0]);
                _dependencies[NameOf(parts[0])] = [.. parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(NameOf)];
            }
        }
        else if (Directory.Exists(Path.Combine(directory, "kernel")))
        {
            // A package makes modules.dep when it is installed. Until then each module says itself what it needs.
            foreach (string file in Directory.EnumerateFiles(Path.Combine(directory, "kernel"), "*.ko*", SearchOption.AllDirectories))
            {
                _files[NameOf(file)] = file;
            }
        }
    }

    /// <summary>Reads what the directory says.</summary>
    /// <param name="directory">lib/modules/RELEASE.</param>
    /// <exception cref="ZoneResourceException">It holds no modules.</exception>
    public static ModuleTree Open(string directory) =>
        Directory.Exists(Path.Combine(directory, "kernel")) || File.Exists(Path.Combine(directory, "modules.builtin"))
            ? new(directory)
            : throw new ZoneResourceException($"domain.kernel: {directory}: there are no modules; unpack the whole of the kernel's package", "domain") { Path = directory };

    /// <summary>The files of modules and of all that they need, in order of loading. What is built into the kernel has no file.</summary>
    /// <param name="names">The modules.</param>
    /// <param name="wanted">Those that may be missing.</param>
    /// <exception cref="ZoneResourceException">One is missing.</exception>
    public IReadOnlyList<string> Resolve(IEnumerable<string> names, IEnumerable<string> wanted)
    {
        List<string> order = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string name in names.Concat(wanted.Where(_files.ContainsKey)))
        {
            Visit(name, null, order, seen);
        }

        return order;
    }

    private void Visit(string name, string? neededBy, List<string> order, HashSet<string> seen)
    {
        if (_builtIn.Contains(name) || !seen.Add(name))
        {
            return;
        }

        if (!_files.TryGetValue(name, out string? file) || !File.Exists(file))
        {
            throw new ZoneResourceException($"domain.kernel: {_directory}: the module {name} is missing{(neededBy is null ? "" : $", which {neededBy} needs")}; a diskless domain cannot boot without it, use a kernel that has it", "domain") { Path = _directory };
        }

        foreach (string needed in _dependencies?[name] ?? DependenciesOf(file))
        {
            Visit(needed, name, order, seen);
        }

        order.Add(file);
    }

    /// <summary>The module's own word: <c>depends=A,B</c> in its section .modinfo, whose texts are ended by NUL.</summary>
    private static string[] DependenciesOf(string file)
    {
        ReadOnlySpan<byte> content = ModuleFile.Read(file);
        int at = content.IndexOf("\0depends="u8);
        if (at < 0)
        {
            return [];
        }

        ReadOnlySpan<byte> text = content[(at + "\0depends=".Length)..];
        return [.. Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(NameOf)];
    }

    /// <summary>A module's file may have a dash where its name has an underscore.</summary>
    private static string NameOf(string path)
    {
        string file = Path.GetFileName(path.Trim());
        int end = file.IndexOf(".ko", StringComparison.Ordinal);
        return (end < 0 ? file : file[..end]).Replace('-', '_');
    }
}
