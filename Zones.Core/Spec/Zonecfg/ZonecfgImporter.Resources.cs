namespace Zones.Specs;

/// <content>Resources other than links and limits.</content>
internal sealed partial class ZonecfgImporter
{
    /// <summary>What a sparse root of Solaris 10 shares beyond doubt; the rest of its default has no counterpart (/platform).</summary>
    private static readonly string[] SparseDefault = ["/lib", "/sbin", "/usr"];

    private void Resource(ZonecfgResource resource)
    {
        if (resource.Type != "attr")
        {
            resource.Settings.RemoveAll(IsUnset);
        }

        switch (resource.Type)
        {
            case "inherit-pkg-dir":
                WarnOthers(resource, "dir");
                break;
            case "fs":
                FileSystem(resource);
                break;
            case "device":
                Device(resource);
                break;
            case "attr":
                Attribute(resource);
                break;
            case "admin":
                Admin(resource);
                break;
            case "rctl":
                ResourceControl(resource);
                break;
            case "capped-cpu":
                CappedCpu(resource);
                break;
            case "dedicated-cpu":
                DedicatedCpu(resource);
                break;
            case "capped-memory":
                CappedMemory(resource);
                break;
            case "net":
                Net(resource);
                break;
            case "anet":
                Anet(resource);
                break;
            default:
                Warn(resource, resource.Type, null, ZonecfgWhy.Of(resource.Type));
                break;
        }
    }

    /// <summary>Solaris's default set means this library's own; with it, what is shared besides is a read-only mount. Any other set is taken as it is.</summary>
    private void InheritedDirectories(List<ZonecfgResource> inherited)
    {
        if (inherited.Count == 0)
        {
            return;
        }

        Spec = Spec with { Root = Spec.Root with { Type = RootType.Sparse } };
        bool standard = SparseDefault.All(directory => inherited.Any(resource => resource.Find("dir")?.Text == directory));
        foreach (ZonecfgResource resource in inherited)
        {
            if (resource.Find("dir") is not { Text: { } dir } setting)
            {
                Warn(resource, resource.Type, null, "left out: it has no dir");
            }
            else if (dir == "/platform")
            {
                Warn(setting, "no equivalent: Linux has no /platform", "inherit-pkg-dir.");
            }
            else if (!standard)
            {
                Adopt(setting, "inherit-pkg-dir.dir", dir, spec => spec with { Root = spec.Root with { Inherit = [.. spec.Root.Inherit ?? [], dir] } });
            }
            else if (!SparseDefault.Contains(dir))
            {
                Adopt(setting, "inherit-pkg-dir.dir", dir, spec => spec with { Fs = [.. spec.Fs, new(dir, dir) { Options = ["ro"] }] });
            }
        }
    }

    private void FileSystem(ZonecfgResource resource)
    {
        string type = resource.Find("type")?.Text ?? "lofs";
        string dir = Trimmed(resource.Find("dir")?.Text ?? "");
        FsType? meant = type switch { "lofs" or "bind" => FsType.Bind, "tmpfs" => FsType.Tmpfs, "proc" => FsType.Proc, _ => null };
        if (meant is not { } kind)
        {
            Warn(resource.Find("type")!, $"no equivalent: a {type} is mounted on the host and given to the zone as a directory (type: bind); {dir} is left out", "fs.");
            return;
        }

        // What stands for no device, such as swap, says nothing about a tmpfs.
        string? special = kind == FsType.Bind && resource.Find("special") is { } path ? Trimmed(path.Text) : null;
        if (!Adopt(resource, "fs", dir, spec => spec with { Fs = [.. spec.Fs, new(dir, special) { Type = kind }] }))
        {
            return;
        }

        foreach (ZonecfgSetting setting in resource.Settings.Where(setting => setting.Name == "options"))
        {
            foreach (string option in setting.Words.Select(word => ZonecfgMountOptions.Of(word, kind)).OfType<string>())
            {
                Adopt(setting, "fs.options", option, spec => spec with { Fs = [.. spec.Fs.Take(spec.Fs.Count - 1), With(spec.Fs[^1], option)] });
            }
        }

        WarnOthers(resource, "dir", "special", "type", "options");
    }

    private static ZoneFs With(ZoneFs fs, string option) => fs with { Options = [.. fs.Options, option] };

    private void Device(ZonecfgResource resource)
    {
        string match = resource.Find("match")?.Text ?? "";
        if (((string[])["/dev/dsk", "/dev/rdsk", "/dev/md", "/dev/zvol", "/dev/did", "/dev/*dsk"]).Any(directory => SpecPath.IsAtOrBelow(match, directory)))
        {
            Warn(resource.Find("match")!, "no equivalent: a Solaris disk has another name here, below /dev or /dev/disk", "device.");
            return;
        }

        Adopt(resource, "device.match", match, spec => spec with { Device = [.. spec.Device, new(match)] });
        WarnOthers(resource, "match");
    }

    private void Attribute(ZonecfgResource resource)
    {
        (string name, string value) = (resource.Find("name")?.Text ?? "", resource.Find("value")?.Text ?? "");
        if (name == "resolvers")
        {
            foreach (string address in resource.Find("value")?.Words ?? [])
            {
                Adopt(resource, "attr.resolvers", address, spec => spec with { Resolvers = [.. spec.Resolvers, address] });
            }
        }
        else
        {
            Adopt(resource, "attr." + name, value, spec => spec with { Attr = new(spec.Attr) { [name] = value } });
        }

        // The type is how Solaris checks the text; here every value is text.
        WarnOthers(resource, "name", "type", "value");
    }

    private void Admin(ZonecfgResource resource)
    {
        string user = resource.Find("user")?.Text ?? "";
        List<string> known = [];
        foreach (string word in resource.Find("auths")?.Words ?? [])
        {
            if (!AdminRules.Auths.Contains(word))
            {
                Warn(resource.Find("auths")!, "admin.auths", word, "no equivalent: what it allows is root's here");
            }
            else if (!known.Contains(word))
            {
                known.Add(word);
            }
        }

        if (known.Count > 0)
        {
            Adopt(resource, "admin.user", user, spec => spec with { Admin = [.. spec.Admin, new(user) { Auths = [.. known] }] });
        }
        else if (resource.Find("auths") is null)
        {
            Warn(resource, "admin", user, "left out: it has no auths");
        }

        WarnOthers(resource, "user", "auths");
    }
}
