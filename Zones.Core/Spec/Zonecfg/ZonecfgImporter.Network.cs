namespace Zones.Specs;

/// <content>Links and addresses.</content>
internal sealed partial class ZonecfgImporter
{
    /// <summary>A net of a shared stack is an address; of an exclusive one, a link that is given to the zone.</summary>
    private void Net(ZonecfgResource resource)
    {
        if (Spec.IpType == IpType.Exclusive)
        {
            NetLink(resource);
            return;
        }

        if (resource.Find("address") is not { } address || resource.Find("physical") is not { Text: { } physical })
        {
            Warn(resource, "net", null, "left out: an address on the host's stack needs address and physical");
            return;
        }

        string prefixed = Prefixed(address, "net.");
        if (Adopt(address, "net", address.Text, spec => spec with { Net = [.. spec.Net, new(prefixed, physical)] }) && resource.Find("defrouter") is { } router)
        {
            Adopt(router, "net.defrouter", router.Text, spec => spec with { Net = [.. spec.Net.Take(spec.Net.Count - 1), spec.Net[^1] with { Defrouter = router.Text }] });
        }

        WarnOthers(resource, "address", "physical", "defrouter");
    }

    private void NetLink(ZonecfgResource resource)
    {
        if (!Link(resource, resource.Find("physical"), "net"))
        {
            return;
        }

        if (resource.Find("global-nic") is { Text: not "auto" } lower)
        {
            Change(lower, "net.", anet => anet with { LowerLink = lower.Text });
        }
        else if (resource.Find("global-nic") is null && resource.Find("physical") is { } physical)
        {
            Warn(physical, "no equivalent: a link of the host is not given away; taken as an anet of that name", "net.");
        }

        Addresses(resource, "net.");
        Hardware(resource, "mac-addr", "net.");
        Numbers(resource, "net.");
        BrandProperties(resource);
        WarnOthers(resource, "physical", "global-nic", "allowed-address", "address", "defrouter", "mac-addr", "vlan-id", "mtu", "property");
    }

    /// <summary>What SmartOS and lx zones keep beside the link: <c>add property (name=…,value=…)</c>.</summary>
    private void BrandProperties(ZonecfgResource resource)
    {
        foreach (ZonecfgSetting setting in resource.Settings.Where(setting => setting.Name == "property"))
        {
            foreach (ZonecfgItem item in setting.Items)
            {
                (string name, string value) = (item.Fields?.GetValueOrDefault("name") ?? "", item.Fields?.GetValueOrDefault("value") ?? "");
                string[] words = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
                if (name is "gateway" or "gateways" && words.Length > 0)
                {
                    Adopt(setting, "net.property." + name, value, spec => WithLast(spec, anet => anet with { Defrouter = anet.Defrouter ?? words[0] }));
                }
                else if (name == "ips" && words.All(word => word is not ("dhcp" or "addrconf")))
                {
                    Adopt(setting, "net.property." + name, value, spec => WithLast(spec, anet => anet with { AllowedAddress = anet.AllowedAddress.Count > 0 ? anet.AllowedAddress : [.. words] }));
                }
                else
                {
                    Warn(setting, "net.property." + name, value, ZonecfgWhy.Of("net.property." + name));
                }
            }
        }
    }

    private void Anet(ZonecfgResource resource)
    {
        if (!Link(resource, resource.Find("linkname"), "anet"))
        {
            return;
        }

        const string within = "anet.";
        if (resource.Find("lower-link") is { Text: not "auto" } lower)
        {
            Change(lower, within, anet => anet with { LowerLink = lower.Text });
        }

        Addresses(resource, within);
        Hardware(resource, "mac-address", within);
        Numbers(resource, within);
        if (resource.Find("configure-allowed-address") is { Text: "true" or "false" } configure)
        {
            Change(configure, within, anet => anet with { ConfigureAllowedAddress = configure.Text == "true" });
        }

        if (resource.Find("maxbw") is { } bandwidth)
        {
            Change(bandwidth, within, anet => anet with { Maxbw = ZonecfgStack.Bandwidth(bandwidth.Text) });
        }

        Protection(resource);
        WarnOthers(resource, "linkname", "lower-link", "allowed-address", "defrouter", "mac-address", "vlan-id", "mtu", "configure-allowed-address", "maxbw", "link-protection");
    }

    private void Protection(ZonecfgResource resource)
    {
        ZonecfgSetting[] settings = [.. resource.Settings.Where(setting => setting.Name == "link-protection")];
        if (settings.Length == 0)
        {
            return;
        }

        // Said at all, it replaces the default; 'none' is how Solaris writes an empty list.
        Spec = WithLast(Spec, anet => anet with { LinkProtection = [] });
        foreach (ZonecfgSetting setting in settings)
        {
            foreach (string word in setting.Words.Where(word => word != "none"))
            {
                Adopt(setting, "anet.link-protection", word, spec => WithLast(spec, anet => anet with { LinkProtection = [.. anet.LinkProtection, word] }));
            }
        }
    }

    private bool Link(ZonecfgResource resource, ZonecfgSetting? name, string property)
    {
        string linkname = name?.Text ?? $"net{Spec.Anet.Count}";
        return Adopt(name ?? (ZonecfgNode)resource, property, linkname, spec => spec with { Anet = [.. spec.Anet, new(linkname)] });
    }

    private void Addresses(ZonecfgResource resource, string within)
    {
        foreach (ZonecfgSetting setting in resource.Settings.Where(setting => setting.Name is "allowed-address" or "address"))
        {
            foreach (string word in setting.Words)
            {
                string address = Prefixed(setting with { Items = [new(word)] }, within);
                Change(setting, within, anet => anet with { AllowedAddress = [.. anet.AllowedAddress, address] });
            }
        }

        if (resource.Find("defrouter") is { } router)
        {
            string[] routers = [.. router.Words];
            Change(router, within, anet => anet with { Defrouter = routers.FirstOrDefault() });
            if (routers.Length > 1)
            {
                Warn(router, "no equivalent: a link has one default router; the first is taken", within);
            }
        }
    }

    private void Hardware(ZonecfgResource resource, string property, string within)
    {
        if (resource.Find(property) is not { } mac)
        {
            return;
        }

        if (mac.Text is "auto" or "random" || mac.Text.Contains(':', StringComparison.Ordinal))
        {
            Change(mac, within, anet => anet with { MacAddress = mac.Text.Contains(':', StringComparison.Ordinal) ? ZonecfgStack.Mac(mac.Text) : mac.Text });
        }
        else
        {
            Warn(mac, $"no equivalent: '{mac.Text}' takes an address of the host's hardware; a zone's link has one of its own (auto, random, or an address)", within);
        }
    }

    private void Numbers(ZonecfgResource resource, string within)
    {
        // Solaris prints 0 where there is none.
        if (resource.Find("vlan-id") is { Text: not "0" } vlan && Number(vlan, within + vlan.Name, vlan.Text) is { } id)
        {
            Change(vlan, within, anet => anet with { VlanId = id });
        }

        if (resource.Find("mtu") is { } mtu && Number(mtu, within + mtu.Name, mtu.Text) is { } bytes)
        {
            Change(mtu, within, anet => anet with { Mtu = bytes });
        }
    }

    private string Prefixed(ZonecfgSetting setting, string within)
    {
        (string text, bool guessed) = ZonecfgStack.Prefixed(setting.Text);
        if (guessed)
        {
            Warn(setting, $"has no prefix length, which Solaris looks up in netmasks(5); taken as {text}", within);
        }

        return text;
    }

    /// <summary>Changes the link that was added last.</summary>
    private void Change(ZonecfgSetting setting, string within, Func<Anet, Anet> change) =>
        Adopt(setting, within + setting.Name, setting.Text, spec => WithLast(spec, change));

    private static ZoneSpec WithLast(ZoneSpec spec, Func<Anet, Anet> change) => spec with { Anet = [.. spec.Anet.Take(spec.Anet.Count - 1), change(spec.Anet[^1])] };

    /// <summary>Says when a shared stack was asked for and not given.</summary>
    private void Stack(ZonecfgResource document)
    {
        if (document.Find("ip-type") is not { } type || type.Text == SpecWord<IpType>.Text(Spec.IpType))
        {
            return;
        }

        if (type.Text != "shared")
        {
            Warn(type, $"left out: '{type.Text}' is not exclusive or shared; taken as {SpecWord<IpType>.Text(Spec.IpType)}");
        }
        else
        {
            Warn(type, "no equivalent: on a shared stack without an address a zone sees its loopback alone; here it would see the host's stack. Taken as exclusive, which has a loopback alone");
        }
    }
}
