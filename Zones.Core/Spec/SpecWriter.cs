using System.Globalization;
using System.Text;

namespace Zones.Specs;

/// <summary>From a <see cref="ZoneSpec"/> to YAML; what has its default is left out.</summary>
internal static class SpecWriter
{
    private static readonly ZoneSpec Default = new() { Zone = "" };

    /// <summary>Writes the document.</summary>
    public static string Write(ZoneSpec spec)
    {
        YamlText text = new();
        text.Add("zone", spec.Zone);
        text.Word("brand", spec.Brand, Default.Brand);
        text.Add("zonepath", spec.Zonepath);
        Root(text, spec.Root);
        text.List("init", spec.Init);
        text.Word("init-mode", spec.InitMode, Default.InitMode);
        text.Map("env", spec.Env);
        text.Flag("console", spec.Console, Default.Console);
        text.Flag("autoboot", spec.Autoboot, Default.Autoboot);
        text.Number("boot-priority", spec.BootPriority == Default.BootPriority ? null : spec.BootPriority);
        text.List("depends-on", spec.DependsOn.Count == 0 ? null : spec.DependsOn);
        if (spec.Readiness is { } readiness)
        {
            text.Add("readiness", flow => Readiness(flow, readiness));
        }

        text.Word("autoshutdown", spec.Autoshutdown, Default.Autoshutdown);
        text.List("bootargs", spec.Bootargs.Count == 0 ? null : spec.Bootargs);
        text.Add("hostname", spec.Hostname);
        text.Add("hostid", spec.Hostid);
        text.Word("lifetime", spec.Lifetime, Default.Lifetime);
        text.Word("restart", spec.Restart, Default.Restart);
        text.List("limitpriv", spec.Limitpriv.Equals(Default.Limitpriv) ? null : spec.Limitpriv);
        if (spec.CappedCpu is { } cpu)
        {
            text.Add("capped-cpu", flow => flow.Add("ncpus", cpu.Ncpus.ToString(CultureInfo.InvariantCulture)));
        }

        if (spec.DedicatedCpu is { } dedicated)
        {
            text.Add("dedicated-cpu", flow => flow.Add("cpus", dedicated.Cpus));
        }

        text.Number("cpu-shares", spec.CpuShares);
        if (spec.CappedMemory is { } memory)
        {
            text.Add("capped-memory", flow =>
            {
                flow.Add("physical", memory.Physical?.ToString());
                flow.Add("swap", memory.Swap?.ToString());
                flow.Add("locked", memory.Locked?.ToString());
            });
        }

        text.Number("max-processes", spec.MaxProcesses);
        text.Number("max-lwps", spec.MaxLwps);
        text.Each("rctl", spec.Rctl, (flow, control) =>
        {
            flow.Add("name", control.Name);
            flow.Add("value", control.Value);
        });
        text.Each("fs", spec.Fs, Fs);
        text.Each("device", spec.Device, (flow, device) => flow.Add("match", device.Match));
        text.Map("attr", spec.Attr);
        text.Word("ip-type", spec.IpType, Default.IpType);
        text.Each("anet", spec.Anet, Anet);
        text.Each("net", spec.Net, (flow, net) =>
        {
            flow.Add("address", net.Address);
            flow.Add("physical", net.Physical);
            flow.Add("defrouter", net.Defrouter);
        });
        text.List("resolvers", spec.Resolvers.Count == 0 ? null : spec.Resolvers);
        text.Each("admin", spec.Admin, (flow, admin) =>
        {
            flow.Add("user", admin.User);
            flow.List("auths", admin.Auths);
        });
        if (spec.Security != Default.Security)
        {
            text.Add("security", flow => Security(flow, spec.Security));
        }

        if (spec.Domain is { } domain)
        {
            text.Add("domain", flow => Domain(flow, domain));
        }

        return text.ToString();
    }

    private static void Root(YamlText text, ZoneRoot root) => text.Add("root", flow =>
    {
        flow.Add(root.Kind == RootSource.Image ? "image" : "source", root.Source ?? "host");
        flow.Word("type", root.Type, RootType.Sparse);
        flow.List("inherit", root.Inherit);
        flow.Word("file-mac-profile", root.FileMacProfile, FileMacProfile.None);
    });

    private static void Readiness(YamlText flow, ZoneReadiness readiness)
    {
        flow.Number("tcp", readiness.Tcp);
        flow.List("exec", readiness.Exec);
        flow.Number("timeout", readiness.Timeout == new ZoneReadiness().Timeout ? null : readiness.Timeout);
    }

    private static void Fs(YamlText flow, ZoneFs fs)
    {
        flow.Add("dir", fs.Dir);
        flow.Add("special", fs.Special);
        flow.Word("type", fs.Type, FsType.Bind);
        flow.List("options", fs.Options.Count == 0 ? null : fs.Options);
    }

    private static void Anet(YamlText flow, Anet anet)
    {
        Anet standard = new("");
        flow.Add("linkname", anet.Linkname);
        flow.Add("lower-link", anet.LowerLink);
        flow.Add("mac-address", anet.MacAddress == standard.MacAddress ? null : anet.MacAddress);
        flow.List("allowed-address", anet.AllowedAddress.Count == 0 ? null : anet.AllowedAddress);
        flow.Flag("configure-allowed-address", anet.ConfigureAllowedAddress, standard.ConfigureAllowedAddress);
        flow.Add("defrouter", anet.Defrouter);
        flow.Number("mtu", anet.Mtu);
        flow.Number("vlan-id", anet.VlanId);
        flow.Add("maxbw", anet.Maxbw);
        flow.List("link-protection", anet.LinkProtection.Equals(standard.LinkProtection) ? null : anet.LinkProtection);
    }

    private static void Security(YamlText flow, ZoneSecurity security)
    {
        ZoneSecurity standard = Default.Security;
        flow.Add("seccomp", security.Seccomp == standard.Seccomp ? null : security.Seccomp);
        flow.Flag("no-new-privs", security.NoNewPrivs, standard.NoNewPrivs);
        flow.Flag("user-namespace", security.UserNamespace, standard.UserNamespace);
        flow.Add("id-base", security.IdBase?.ToString(CultureInfo.InvariantCulture));
    }

    private static void Domain(YamlText flow, DomainSpec domain)
    {
        DomainSpec standard = new();
        flow.Add("kernel", domain.Kernel);
        flow.List("kernel-args", domain.KernelArgs.Count == 0 ? null : domain.KernelArgs);
        flow.Add("toolstack", domain.Toolstack == standard.Toolstack ? null : domain.Toolstack);
        flow.Add("xen-type", domain.XenType);
        flow.Add("accel", domain.Accel == standard.Accel ? null : domain.Accel);
        flow.Add("autoconf", domain.Autoconf == standard.Autoconf ? null : domain.Autoconf);
    }
}
