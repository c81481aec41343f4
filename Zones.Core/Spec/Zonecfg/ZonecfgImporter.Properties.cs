namespace Zones.Specs;

/// <content>Properties of the zone as a whole.</content>
internal sealed partial class ZonecfgImporter
{
    /// <summary>Brands whose programs are this very system's: they share its kernel and its operating system.</summary>
    private static readonly string[] Native = ["native", "solaris", "ipkg", "lipkg", "sparse", "pkgsrc", "illumos", "nlipkg", "joyent", "joyent-minimal", "lx", "SUNWlx"];

    /// <summary>Brands with a kernel of their own.</summary>
    private static readonly string[] OwnKernel = ["solaris-kz", "kvm", "bhyve"];

    private void Property(ZonecfgSetting setting)
    {
        switch (setting.Name)
        {
            case "create":
                Create(setting);
                break;
            case "zonename" or "ip-type":
                break;
            case "zonepath":
                Adopt(setting, spec => spec with { Zonepath = Trimmed(setting.Text.Replace("%{zonename}", spec.Zone, StringComparison.Ordinal)) });
                break;
            case "brand":
                Brand(setting);
                break;
            case "autoboot":
                Flag(setting, (spec, value) => spec with { Autoboot = value });
                break;
            case "bootargs":
                Adopt(setting, spec => spec with { Bootargs = [.. setting.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)] });
                break;
            case "boot-priority" when setting.Text == "default":
                break;
            case "boot-priority" when Number(setting, setting.Name, setting.Text) is { } priority:
                Adopt(setting, spec => spec with { BootPriority = priority });
                break;
            case "limitpriv":
                Privileges(setting);
                break;
            case "hostid":
                Adopt(setting, spec => spec with { Hostid = Hostid(setting.Text) });
                break;
            case "tenant":
                Adopt(setting, spec => spec with { Attr = new(spec.Attr) { ["tenant"] = setting.Text } });
                break;
            case "file-mac-profile":
                Profile(setting);
                break;
            case "cpu-shares" or "max-lwps" or "max-processes":
                Control(setting, setting.Name, setting.Text);
                break;
            case "boot-priority":
                break;
            default:
                Warn(setting, ZonecfgWhy.Of(setting.IsCommand ? "command." + setting.Name : setting.Name));
                break;
        }
    }

    private void Create(ZonecfgSetting create)
    {
        if (create.Text is not ("-b" or "-b -F" or "-F -b" or "-bF" or "-Fb" or "-X"))
        {
            Warn(create, "begins with a template, whose properties are not in this text; 'create -b', as export prints it, begins with nothing");
        }
    }

    private void Brand(ZonecfgSetting setting)
    {
        if (OwnKernel.Contains(setting.Text))
        {
            Adopt(setting, spec => spec with { Brand = ZoneBrand.Domain });
        }
        else if (!Native.Contains(setting.Text))
        {
            Warn(setting, $"no equivalent: the brand '{setting.Text}' runs another system's programs; taken as native, which runs this host's");
        }
    }

    private void Flag(ZonecfgSetting setting, Func<ZoneSpec, bool, ZoneSpec> change)
    {
        if (setting.Text is "true" or "false")
        {
            Adopt(setting, spec => change(spec, setting.Text == "true"));
        }
        else
        {
            Warn(setting, $"left out: '{setting.Text}' is not true or false");
        }
    }

    private void Profile(ZonecfgSetting setting)
    {
        FileMacProfile? profile = SpecWord<FileMacProfile>.Find(setting.Text);
        if (profile is null)
        {
            Warn(setting, $"no equivalent: '{setting.Text}' is not one of {string.Join(", ", SpecWord<FileMacProfile>.Words)}; taken as fixed-configuration");
        }

        Adopt(setting, spec => spec with { Root = spec.Root with { FileMacProfile = profile ?? FileMacProfile.FixedConfiguration } });
    }

    private void Privileges(ZonecfgSetting setting)
    {
        List<string> words = [];
        foreach (string word in setting.Words)
        {
            string sign = word[0] is '!' or '-' ? "!" : "";
            (IReadOnlyList<string> meant, string? why) = ZonecfgPrivileges.Capabilities(word[sign.Length..]);
            words.AddRange(meant.Select(name => sign + name));
            if (why is not null)
            {
                Warn(setting, setting.Name, word, why);
            }
        }

        if (words.Count > 0)
        {
            // Taking away from nothing would leave nothing.
            Adopt(setting, spec => spec with { Limitpriv = [.. words[0][0] == '!' ? (string[])["default"] : [], .. words.Distinct()] });
        }
    }

    /// <summary>Eight digits, which is how hostid(1) prints it.</summary>
    private static string Hostid(string text) => (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text).PadLeft(8, '0');

    private static string Trimmed(string path) => path.Length > 1 ? path.TrimEnd('/') : path;
}
