using System.Diagnostics;
using System.Globalization;
using Zones.Network;

namespace Zones.Benchmarks;

/// <summary>What a link with an address and a rule adds to a boot. The run's network namespace is one of its own (see the Bench target), so
/// that the bridge is not the host's.</summary>
internal static class NetworkBoots
{
    private const string Linked = "linked", Plain = "bench";

    public static async Task<Row[]> CostAsync(Subject subject)
    {
        RequireOwnNamespace();
        await MakeAsync(subject, Linked);

        // The bridge and the firewall's tables are there, as they are for the C program: made with the first zone, not with each.
        Zone resident = await MakeAsync(subject, "resident");
        await resident.BootAsync();
        using NetworkStack stack = new();
        using TurnTaker floor = new(subject.Settings.Stack, "0");
        OciBundle bundle = new(Path.Combine(subject.Directory, "runc-linked"));

        async Task<double> AddedAsync()
        {
            double with = await subject.BootAsync(Linked);
            return with - await subject.BootAsync(Plain);
        }

        async Task<double> RuncAsync() => bundle.Run("runc") + await stack.MakeByIpAsync();

        const string What = "a link, an address and a rule added to a boot";
        (Samples, Samples) messages = await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, AddedAsync, floor.RunAsync);
        (Samples, Samples) script = await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, AddedAsync, stack.MakeByIpAsync);
        (Samples, Samples) runc = await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, () => subject.BootAsync(Linked), RuncAsync);
        await subject.Host.DeleteAsync(Linked, force: true);
        await resident.DeleteAsync(force: true);
        return
        [
            Row.Compare($"{What}; stack.c", messages, 1.5, "≤ 1.5 × the C program"),
            Row.Compare($"{What}; a script of `ip`", script, null, ""),
            Row.Compare("boot with a link, to first instruction; `runc run` whole and a script of `ip`", runc, null, ""),
        ];
    }

    /// <summary>The last of a thousand zones that are up, on one bridge and with a rule each, beside the first.</summary>
    public static async Task<Row[]> ManyAsync(Subject subject)
    {
        RequireOwnNamespace();
        const int zones = 1000, looked = 50;
        await PoolAsync(subject, "10.64.0.0/16");
        for (int i = 0; i < zones; i++)
        {
            Zone zone = await subject.Host.CreateAsync(Spec(Name(i)));
            await zone.InstallAsync();
            await subject.Host.Network().AddRuleAsync($"FROM any TO zone {Name(i)} ALLOW tcp PORT 80");
        }

        (Samples First, Samples Last) boots = (new(), new()), rules = (new(), new());
        for (int i = 0; i < zones; i++)
        {
            double boot = await Samples.TimeAsync(() => subject.Host.BootAsync(Name(i)));
            bool first = i < looked, last = i >= zones - looked;
            if (first || last)
            {
                double rule = await Samples.TimeAsync(async () =>
                {
                    FirewallEntry entry = await subject.Host.Network().AddRuleAsync($"FROM ip 192.0.2.1 TO zone {Name(i)} ALLOW tcp PORT 443");
                    await subject.Host.Network().DeleteRuleAsync(entry.Id);
                });
                (first ? boots.First : boots.Last).Add(boot);
                (first ? rules.First : rules.Last).Add(rule);
            }
        }

        for (int i = 0; i < zones; i++)
        {
            await subject.Host.DeleteAsync(Name(i), force: true);
        }

        foreach (FirewallEntry rule in await subject.Host.Network().RulesAsync())
        {
            await subject.Host.Network().DeleteRuleAsync(rule.Id);
        }

        return
        [
            Row.Compare($"boot with a link, {zones} zones with rules on the bridge, the last {looked}; the first", (boots.Last, boots.First), 1.5, "≤ 1.5 × the first"),
            Row.Compare($"a rule added and deleted, {zones} zones with rules on the bridge; {looked}", (rules.Last, rules.First), 1.5, "≤ 1.5 × the first"),
        ];
    }

    /// <summary>A zone with a link, and the pool and the rule for it if they are not there.</summary>
    internal static async Task<Zone> MakeAsync(Subject subject, string name, params string[] init)
    {
        await PoolAsync(subject, "10.64.0.0/16");
        Zone zone = await subject.Host.CreateAsync(Spec(name, init));
        await zone.InstallAsync();
        await subject.Host.Network().AddRuleAsync($"FROM any TO zone {name} ALLOW tcp PORT all");
        return zone;
    }

    /// <summary>Refuses to make bridges in the host's own stack.</summary>
    internal static void RequireOwnNamespace()
    {
        if (new FileInfo("/proc/self/ns/net").LinkTarget == new FileInfo("/proc/1/ns/net").LinkTarget)
        {
            throw new InvalidOperationException("run it in a network namespace of its own: unshare --net sh -c 'ip link set lo up; exec …'");
        }
    }

    private static async Task PoolAsync(Subject subject, string prefix)
    {
        if ((await subject.Host.Network().PoolsAsync()).Count == 0)
        {
            await subject.Host.Network().CreatePoolAsync(new("default") { Subnets = [new(prefix)] });
        }
    }

    private static ZoneSpec Spec(string name, params string[] init) =>
        Subject.Spec(name, init.Length > 0 ? init : ["/bin/sleep", "infinity"]) with { Anet = [new("net0") { AllowedAddress = ["auto"] }] };

    private static string Name(int number) => "many" + number.ToString(CultureInfo.InvariantCulture);
}
