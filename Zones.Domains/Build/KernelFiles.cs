using System.Text;

namespace Zones.Domains.Build;

/// <summary>A kernel and its modules, as they were found.</summary>
/// <param name="Image">The kernel.</param>
/// <param name="Modules">The files of the modules that a diskless domain needs, in order of loading.</param>
internal sealed record KernelFiles(KernelImage Image, IReadOnlyList<string> Modules)
{
    /// <summary>What a domain can do without: its memory figures.</summary>
    private static readonly string[] Wanted = ["virtio_balloon"];

    /// <summary>Finds them.</summary>
    /// <param name="kernel">A kernel, or a directory that a kernel's package was unpacked into; null for the root's own.</param>
    /// <param name="root">The directory that is the domain's root.</param>
    /// <param name="modules">What a diskless domain needs that is not built into it, by name.</param>
    /// <exception cref="ZoneResourceException">There is none, or it does not do.</exception>
    public static KernelFiles Find(string? kernel, string root, IEnumerable<string> modules)
    {
        string place = kernel is not null && Directory.Exists(kernel) ? kernel : root;
        KernelImage image = kernel is null || place == kernel ? Newest(place) : KernelImage.Read(kernel);
        string release = image.Release ?? ReleaseOf(image.Path);

        // Beside the kernel, as a package has it; else in the root; else the host's own.
        string[] places = [Path.GetFullPath(Path.Combine(Path.GetDirectoryName(image.Path)!, "..")), root, "/"];
        string[] candidates = [.. places.SelectMany(from => (string[])[Path.Combine(from, "lib/modules", release), Path.Combine(from, "usr/lib/modules", release)]).Distinct()];
        string directory = Array.Find(candidates, Directory.Exists)
            ?? throw new ZoneResourceException($"domain.kernel: {image.Path}: its modules are not there: neither of {string.Join(", ", candidates)} exists", "domain") { Path = image.Path };
        return new(image, ModuleTree.Open(directory).Resolve(modules, Wanted));
    }

    private static KernelImage Newest(string place)
    {
        string boot = Path.Combine(place, "boot"), modules = Path.Combine(place, "usr/lib/modules");
        string[] found =
        [
            .. Directory.Exists(boot) ? Directory.GetFiles(boot, "vmlinuz-*") : [],
            .. Directory.Exists(modules) ? Directory.GetDirectories(modules).Select(release => Path.Combine(release, "vmlinuz")).Where(File.Exists) : [],
        ];
        return found.Length > 0
            ? found.Select(KernelImage.Read).MaxBy(image => VersionKey(image.Release ?? ""), StringComparer.Ordinal)!
            : throw new ZoneResourceException($"domain.kernel: {place}: there is no kernel (boot/vmlinuz-VERSION); install one in the root, or name one, such as the directory into which a kernel's package was unpacked", "domain") { Path = place };
    }

    /// <summary>From the file's name, as distributions have it.</summary>
    private static string ReleaseOf(string path)
    {
        string name = Path.GetFileName(path);
        int dash = name.IndexOf('-');
        return dash > 0
            ? name[(dash + 1)..]
            : throw new ZoneResourceException($"domain.kernel: {path}: does not say its version; name it vmlinux-VERSION, so that its modules can be found", "domain") { Path = path };
    }

    /// <summary>Orders numbers by their value: 6.10 comes after 6.9.</summary>
    private static string VersionKey(string release)
    {
        const int width = 10;
        StringBuilder key = new();
        for (int at = 0; at < release.Length;)
        {
            int end = at;
            while (end < release.Length && char.IsAsciiDigit(release[end]))
            {
                end++;
            }

            key.Append(end > at ? release[at..end].PadLeft(width, '0') : release[at]);
            at = Math.Max(end, at + 1);
        }

        return key.ToString();
    }
}
