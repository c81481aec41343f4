using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>Where the shared part of a zone's root comes from: directories that are mounted read-only, and top-level links that are
/// made again.</summary>
/// <param name="Source">The root of the operating system that is shared.</param>
/// <param name="Directories">Absolute paths, the same in the source and in the zone.</param>
/// <param name="Links">Top-level names that are symbolic links in the source, such as bin → usr/bin.</param>
internal sealed record SharedRoot(string Source, IReadOnlyList<string> Directories, IReadOnlyList<(string Name, string Target)> Links)
{
    private static readonly string[] Inherited = ["/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin"];

    /// <summary>Read-only by mount rather than copied: hundreds of links that /usr leads to and that no zone changes.</summary>
    private static readonly string[] SharedConfiguration = ["/etc/alternatives", "/etc/ssl/certs"];

    private static readonly string[] Programs = ["/usr", "/bin", "/sbin"];

    /// <summary>Whether a zone finds programs where every operating system has them.</summary>
    /// <param name="root">Whether it is the whole source that is shared.</param>
    public bool HasPrograms(RootType root) => root == RootType.Whole
        ? Programs.Any(path => Path.Exists(Source.TrimEnd('/') + path))
        : Programs.Any(path => Directories.Contains(path) || Links.Any(link => link.Name == path[1..]));

    /// <summary>Where a sparse zone sees shared files, if its root has such.</summary>
    public static IEnumerable<string> PlacesOf(ZoneSpec spec) => (spec.Root.Inherit ?? [.. Inherited]).Concat(SharedConfiguration);

    /// <summary>Looks at the source of a spec's root.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="tree">Its root, opened.</param>
    /// <param name="problems">What keeps the root from being shared.</param>
    public static SharedRoot Resolve(ZoneSpec spec, RootTree tree, List<SpecProblem> problems)
    {
        string source = tree.Path;
        if (!Directory.Exists(source))
        {
            problems.Add(new("root.source", tree.Name, $"{tree.Name} is not a directory of this host"));
            return new(source, [], []);
        }

        if (spec.Root.Type == RootType.Whole)
        {
            return new(source, ["/"], []);
        }

        List<string> directories = [];
        List<(string, string)> links = [];
        if (spec.Root.Inherit is { } inherit)
        {
            for (int i = 0; i < inherit.Count; i++)
            {
                Classify(tree, inherit[i], directories, links, problems, $"root.inherit[{i}]");
            }
        }
        else
        {
            foreach (string path in Inherited)
            {
                Classify(tree, path, directories, links, problems, null);
            }
        }

        if (directories.Contains("/usr"))
        {
            foreach (string path in SharedConfiguration)
            {
                Classify(tree, path, directories, links, problems, null);
            }
        }

        return new(source, directories, links);
    }

    /// <summary>openat2(2) below a root as if it were <c>/</c>: links in it, absolute ones too, stay in it.</summary>
    public static unsafe SafeFd? OpenBelow(string root, string path, int flags, out int errno)
    {
        using SafeFd? at = Kernel.Open(root, Linux.O_PATH | Linux.O_DIRECTORY, out errno);
        if (at is null)
        {
            return null;
        }

        string relative = path.TrimStart('/');
        fixed (byte* text = Encoding.UTF8.GetBytes((relative.Length == 0 ? "." : relative) + "\0"))
        {
            ulong* how = stackalloc ulong[3];
            how[0] = (uint)(flags | Linux.O_CLOEXEC);
            how[1] = 0;
            how[2] = Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS;
            return Kernel.Descriptor(Kernel.Call(Linux.Openat2, at.Number, (long)text, (long)how, 24), out errno);
        }
    }

    private static void Classify(RootTree tree, string path, List<string> directories, List<(string, string)> links, List<SpecProblem> problems, string? property)
    {
        FileInfo file = new(tree.Path.TrimEnd('/') + path);
        if (file.LinkTarget is { } target && path.LastIndexOf('/') == 0)
        {
            links.Add((path[1..], target));
        }
        else if (file.Attributes != (FileAttributes)(-1) && file.Attributes.HasFlag(FileAttributes.Directory) && file.LinkTarget is null)
        {
            directories.Add(path);
        }
        else if (property is not null)
        {
            problems.Add(new(property, path, $"{path} is not a directory of {tree.Name}"));
        }
    }
}
