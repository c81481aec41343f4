using System.Globalization;
using System.Text;

namespace Zones.Specs;

/// <summary>From a spec to commands for zonecfg; what cannot be said there leaves a warning.</summary>
/// <param name="system">Whose zonecfg; null for words of all of them, as import reads them.</param>
internal sealed partial class ZonecfgWriter(ZonecfgSystem? system)
{
    private const string NoQuote = "zonecfg has no way to write a double quote";

    private readonly StringBuilder _text = new("create -b\n");
    private readonly List<SpecProblem> _warnings = [];

    /// <summary>Words met that not every system has.</summary>
    private readonly HashSet<string> _special = [];

    public static ZonecfgCommands Write(ZoneSpec spec, string? zonepath, ZonecfgSystem? system)
    {
        ZonecfgWriter writer = new(system);
        writer.Identity(spec.Zone, zonepath);
        writer.Properties(spec);
        writer.Root(spec.Root);
        writer.Resources(spec);
        writer.Limits(spec);
        writer.Links(spec);
        writer.Unsayable(spec);
        writer.TellSpecial();
        return new(writer._text.ToString(), [.. writer._warnings]);
    }

    /// <summary>A zonepath ends with the zone's name by convention, and who reads this goes by it; <c>zonename</c> is said where it does not.</summary>
    private void Identity(string zone, string? zonepath)
    {
        Set("zonename", Path.GetFileName(zonepath) == zone ? null : zone);
        Set("zonepath", zonepath);
        if (zonepath is null)
        {
            _warnings.Add(new("zonepath", null, "is not known, and zonecfg does not commit a zone without one"));
        }
    }

    private void Properties(ZoneSpec spec)
    {
        // Without a brand it is the system's own.
        if (spec.Brand == ZoneBrand.Domain && system == ZonecfgSystem.Illumos)
        {
            Set("brand", "bhyve");
        }
        else if (spec.Brand == ZoneBrand.Domain && Takes(ZonecfgWords.KernelZone))
        {
            Set("brand", "solaris-kz");
        }

        Set("autoboot", spec.Autoboot ? "true" : "false");
        Set("boot-priority", spec.BootPriority == 50 ? null : Number(spec.BootPriority));
        Set("autoshutdown", spec.Autoshutdown == Autoshutdown.Shutdown ? null : SpecWord<Autoshutdown>.Text(spec.Autoshutdown));
        Set("hostid", spec.Hostid);
        Set("ip-type", SpecWord<IpType>.Text(spec.IpType));
        List<string> privileges = [];
        foreach (string word in spec.Limitpriv)
        {
            string sign = word[0] == '!' ? "!" : "";
            if (ZonecfgPrivileges.Back(word[sign.Length..]) is { } privilege)
            {
                privileges.Add(sign + privilege);
            }
            else
            {
                Warn("limitpriv", word, "no privilege of Solaris allows the same");
            }
        }

        Set("limitpriv", privileges.Count == 0 || privileges is ["default"] ? null : string.Join(',', privileges));
    }

    private void Root(ZoneRoot root)
    {
        Set("file-mac-profile", root.FileMacProfile == FileMacProfile.None ? null : SpecWord<FileMacProfile>.Text(root.FileMacProfile));
        foreach (string directory in root.Type == RootType.Whole ? [] : root.Inherit ?? ["/lib", "/sbin", "/usr"])
        {
            Resource("inherit-pkg-dir", ("dir", directory));
        }

        if (root.Kind != RootSource.Host)
        {
            Warn("root", root.Source, "zonecfg does not say where the operating system comes from; install does");
        }
    }

    private void Resources(ZoneSpec spec)
    {
        foreach (ZoneFs fs in spec.Fs)
        {
            List<(string, string?)> options = [];
            foreach (string option in fs.Options)
            {
                if (ZonecfgMountOptions.Back(option) is { } back)
                {
                    options.Add(("+options", back));
                }
                else
                {
                    Warn("fs.options", option, $"mounts of Solaris have no such option; {fs.Dir} is without it");
                }
            }

            string special = fs.Special ?? (fs.Type == FsType.Tmpfs ? "swap" : "proc");
            Resource("fs", [("dir", fs.Dir), ("special", special), ("type", fs.Type == FsType.Bind ? "lofs" : SpecWord<FsType>.Text(fs.Type)), .. options]);
        }

        foreach (ZoneDevice device in spec.Device)
        {
            Resource("device", ("match", device.Match));
        }

        foreach (ZoneAdmin admin in spec.Admin)
        {
            if (admin.User.StartsWith('@'))
            {
                Warn("admin.user", admin.User, "Solaris gives rights to users and roles, not to groups");
            }
            else
            {
                Resource("admin", ("user", admin.User), ("auths", string.Join(',', admin.Auths)));
            }
        }

        foreach ((string name, string value) in spec.Attr)
        {
            Attribute(name, value);
        }

        if (spec.Resolvers.Count > 0)
        {
            Attribute("resolvers", string.Join(',', spec.Resolvers));
        }
    }

    private void Attribute(string name, string value)
    {
        if (value.Contains('"', StringComparison.Ordinal))
        {
            Warn("attr." + name, value, NoQuote);
        }
        else
        {
            Resource("attr", ("name", name), ("type", "string"), ("value", value));
        }
    }

    /// <summary>Properties that only this library knows.</summary>
    private void Unsayable(ZoneSpec spec)
    {
        const string inside = "what runs in a zone of Solaris is its own init, set up inside";
        Refuse("init", spec.Init is not null, inside);
        Refuse("init-mode", spec.InitMode != InitMode.Auto, inside);
        Refuse("depends-on", spec.DependsOn.Count > 0, "zones of Solaris depend on services (smf-dependency), not on each other");
        Refuse("readiness", spec.Readiness is not null, "zones of Solaris do not wait for each other");
        Refuse("resource-view", spec.ResourceView != ResourceView.Auto, "it is about files of Linux");
        Refuse("bootargs", spec.Bootargs.Count > 0, "they are arguments of init, which zonecfg does not name");
        Refuse("env", spec.Env.Count > 0, inside);
        Refuse("console", spec.Console, "every zone of Solaris has one");
        Refuse("restart", spec.Restart != RestartPolicy.Never, inside);
        Refuse("hostname", spec.Hostname is not null, "it is set inside the zone");
        Refuse("lifetime", spec.Lifetime != ZoneLifetime.Persistent, "zones of Solaris stay until they are deleted");
        Refuse("security", spec.Security != new ZoneSecurity(), "it is about mechanisms of Linux");
        Refuse("domain", spec.Domain is not null, "it is about paravirtual domains");
        foreach (Rctl control in spec.Rctl)
        {
            Warn("rctl." + control.Name, control.Value, "Solaris has no such control of a zone");
        }
    }

    private void Refuse(string property, bool given, string why)
    {
        if (given)
        {
            Warn(property, null, why);
        }
    }

    private void Warn(string property, string? value, string why) => _warnings.Add(new(property, value, "no equivalent: " + why));

    /// <summary>Whether the system that is written for has a word. Without one, every word is taken, and what not all have is told at the end.</summary>
    private bool Takes(string word)
    {
        IReadOnlyList<ZonecfgSystem>? systems = ZonecfgWords.SystemsOf(word);
        bool first = systems is not null && _special.Add(word);
        if (systems is null || system is not { } one || systems.Contains(one))
        {
            return true;
        }

        if (first)
        {
            Warn(word, null, $"zonecfg of {SpecWord<ZonecfgSystem>.Text(one)} does not have it{(systems.Count > 0 ? $", that of {ZonecfgWords.Names(systems)} does" : "")}");
        }

        return false;
    }

    private void TellSpecial()
    {
        if (system is null && _special.Count > 0)
        {
            string words = string.Join(", ", _special.Select(word => $"{word} ({ZonecfgWords.Names(ZonecfgWords.SystemsOf(word)!)})"));
            _warnings.Add(new("", null, $"not every zonecfg has these words: {words}; written for one system (zone export --for {string.Join('|', SpecWord<ZonecfgSystem>.Words)}), what it lacks is left out"));
        }
    }

    private void Set(string name, string? value)
    {
        if (value is not null && Takes(name))
        {
            Line(name, value);
        }
    }

    private void Line(string name, string? value)
    {
        if (value is not null && value.Contains('"', StringComparison.Ordinal))
        {
            Warn(name, value, NoQuote);
        }
        else if (value is not null)
        {
            _text.Append("set ").Append(name).Append('=').Append(Quoted(value)).Append('\n');
        }
    }

    /// <summary>A resource; a name with + before it is added to a list.</summary>
    private void Resource(string type, params ReadOnlySpan<(string Name, string? Value)> properties)
    {
        if (!Takes(type))
        {
            return;
        }

        _text.Append("add ").Append(type).Append('\n');
        foreach ((string name, string? value) in properties)
        {
            if (name[0] == '+')
            {
                _text.Append("add ").Append(name.AsSpan(1)).Append(' ').Append(Quoted(value!)).Append('\n');
            }
            else
            {
                Line(name, value);
            }
        }

        _text.Append("end\n");
    }

    /// <summary>Quoted where zonecfg would take a part of it for something else.</summary>
    private static string Quoted(string value) => value.Length == 0 || value.AsSpan().IndexOfAny(" \t;=[](),#\\") >= 0 ? $"\"{value}\"" : value;

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
