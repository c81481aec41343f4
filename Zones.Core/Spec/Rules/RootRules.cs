namespace Zones.Specs;

/// <summary>Where the operating system comes from.</summary>
internal static class RootRules
{
    /// <summary>Made or mounted for each zone; what the host has there is the host's alone.</summary>
    private static readonly string[] NeverShared = ["/proc", "/sys", "/dev", "/run", "/tmp", "/etc", "/root"];

    public static void Check(ZoneSpec spec, Findings findings)
    {
        ZoneRoot root = spec.Root;
        switch (root.Kind)
        {
            case RootSource.Host when root.Source is not null:
                findings.Add("root.source", root.Source, "the host's own directories have no source of their own; use a directory root for another place");
                break;
            case RootSource.Directory:
                findings.Path("root.source", root.Source ?? "");
                break;
            case RootSource.Image when (root.Source ?? "").Split('@') is var parts && (parts.Length > 2 || !parts.All(IdentityRules.IsPlainName)):
                findings.Add("root.image", root.Source, "an image is NAME or NAME@LEVEL, each 1 to 64 of A-Z a-z 0-9 _ . -, the first a letter or digit");
                break;
            case RootSource.Nfs when NfsAddress.Parse(root.Source, out string? problem) is null:
                findings.Add("root.source", root.Source, problem!);
                break;
        }

        if (root.Inherit is not { } inherit)
        {
            return;
        }

        if (root.Type == RootType.Whole)
        {
            findings.Add("root.inherit", inherit.ToString(), "a whole root shares everything; inherit belongs to type: sparse");
        }

        if (inherit.Count == 0)
        {
            findings.Add("root.inherit", "[]", "names no directory; leave it out for /usr, /lib and the like");
        }

        for (int i = 0; i < inherit.Count; i++)
        {
            string property = $"root.inherit[{i}]";
            string path = inherit[i];
            if (!findings.Path(property, path))
            {
                continue;
            }

            if (path == "/" || NeverShared.Any(directory => SpecPath.IsAtOrBelow(path, directory)))
            {
                findings.Add(property, path, $"{path} is each zone's own and cannot be shared; type: whole shares everything else of a directory");
            }

            if (inherit.Take(i).FirstOrDefault(other => SpecPath.IsAtOrBelow(path, other) || SpecPath.IsAtOrBelow(other, path)) is { } twice)
            {
                findings.Add(property, path, $"{path} and {twice} overlap; keep the outer one");
            }
        }
    }
}
