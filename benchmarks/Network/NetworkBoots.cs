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

        async Task<double> RuncAsync() => bundle.Run("runc") + await stack.MakeByIpAsync();

        // With a pause, since a namespace with a link in it takes the kernel a while to take apart, at the expense of whoever comes next.
        TimeSpan pause = TimeSpan.FromMilliseconds(30);
        (Samples Linked, Samples Plain) boots = await Samples.InTurnsAsync(subject.Settings.Samples, pause, () => subject.BootAsync(Linked), () => subject.BootAsync(Plain));
        (Samples Floor, Samples Script) others = await Samples.InTurnsAsync(subject.Settings.Samples, pause, floor.RunAsync, stack.MakeByIpAsync, compile: false);
        (Samples, Samples) runc = await Samples.InTurnsAsync(subject.Settings.Samples, TimeSpan.Zero, () => subject.BootAsync(Linked), RuncAsync);
        await subject.Host.DeleteAsync(Linked, force: true);
        await resident.DeleteAsync(force: true);
        return
        [
            Added(boots, others.Floor, "stack.c", 1.5, "≤ 1.5 × the C program"),
            Added(boots, others.Script, "a script of `ip`", null, ""),
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

    /// <summary>The difference of two medians beside a third.</summary>
    private static Row Added((Samples Linked, Samples Plain) boots, Samples other, string what, double? most, string bound)
    {
        double added = boots.Linked.Median - boots.Plain.Median, ratio = added / other.Median;
        return new($"a link, an address and a rule added to a boot; {what}", string.Create(CultureInfo.InvariantCulture, $"{added:0.00} ms ({boots.Linked.Median:0.00} less {boots.Plain.Median:0.00})"), other.ToString(), ratio, bound, most is { } limit ? ratio <= limit : null);
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
