using Microsoft.AspNetCore.Http;
using Zones.Hosting;
using Zones.Served;
using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>What changes zones. Whoever manages a zone does with it what its spec foresees; what changes a spec, or names a file of the host, is root's.</summary>
internal static class ZoneVerbs
{
    public static void Map(RouteTable routes)
    {
        ServedJson take = ServedJson.Strict, give = ServedJson.Default;
        routes.Verb("install", Rights.Manage, (host, zone, cancel) => host.InstallAsync(zone, cancel));
        routes.Verb("ready", Rights.Manage, (host, zone, cancel) => host.ReadyAsync(zone, cancel));
        routes.Verb("boot", Rights.Manage, take.BootOptions, (host, zone, options, cancel) => host.BootAsync(zone, options, cancel), CheckBoot);
        routes.Verb("halt", Rights.Manage, (host, zone, cancel) => host.HaltAsync(zone, cancel));
        routes.Verb("shutdown", Rights.Manage, take.ShutdownRequest, (host, zone, request, cancel) => host.ShutdownAsync(zone, request.Reboot, request.Timeout, cancel));
        routes.Verb("reboot", Rights.Manage, take.BootOptions, (host, zone, options, cancel) => host.RebootAsync(zone, options, cancel), CheckBoot);
        routes.Verb("uninstall", Rights.Manage, (host, zone, cancel) => host.UninstallAsync(zone, cancel));
        routes.Verb("mark", Rights.Manage, take.MarkRequest, (host, zone, request, cancel) => host.MarkAsync(zone, request.State, cancel));
        routes.Map(HttpMethods.Post, "/zones/{zone}/clone", CloneAsync);

        // The verbs before which a person is asked something.
        routes.Question(Verb.Uninstall, Rights.Manage);
        routes.Question(Verb.Delete, Rights.Everything);
        routes.Question(Verb.Update, Rights.Everything);

        routes.Map(HttpMethods.Post, "/zones", CreateAsync);
        routes.Verb("delete", Rights.Everything, take.DeleteRequest, (host, zone, request, cancel) => host.DeleteAsync(zone, request.Force, cancel));
        routes.Verb("update", Rights.Everything, take.UpdateRequest, give.ZoneChange, (host, zone, request, cancel) => host.UpdateAsync(zone, request.Spec, request.Expected, cancel));
        routes.Verb("move", Rights.Everything, take.MoveRequest, (host, zone, request, cancel) => host.MoveAsync(zone, request.Zonepath, cancel));
        routes.Verb("detach", Rights.Everything, take.NoRequest, give.String, (host, zone, _, cancel) => host.DetachAsync(zone, cancel));
        routes.Verb("copy-in", Rights.Everything, take.CopyRequest, give.CopyReport, (host, zone, request, cancel) => host.CopyInAsync(zone, request.Source, request.Target, new() { Owners = request.Owners }, cancel));
        routes.Verb("copy-out", Rights.Everything, take.CopyRequest, give.CopyReport, (host, zone, request, cancel) => host.CopyOutAsync(zone, request.Source, request.Target, new() { Owners = request.Owners }, cancel));
        routes.Map(HttpMethods.Post, "/zones/{zone}/attach", AttachAsync);

        routes.HostVerb("apply", take.ApplyPlan, give.ApplyReport, (host, plan, cancel) => host.ApplyAsync(plan, cancel));
        routes.HostVerb("recover", take.NoRequest, give.RecoveryReport, (host, _, cancel) => host.RecoverAsync(cancel));
        routes.HostVerb("autoboot", take.NoRequest, give.AutobootReport, (host, _, cancel) => host.AutobootAsync(cancel));
        routes.HostVerb("autoshutdown", take.NoRequest, give.AutobootReport, (host, _, cancel) => host.AutoshutdownAsync(cancel));
    }

    /// <summary>Who booted a zone through a server would not own it: the server would. Who manages it gives its init arguments; every other option, those to come
    /// too, is against what its spec says, and root's.</summary>
    private static void CheckBoot(Call call, ZoneInfo zone, BootOptions options)
    {
        if (zone.Spec.Lifetime == ZoneLifetime.Owner)
        {
            throw new HostCapabilityException($"{zone.Name}: lifetime: owner is about the process that boots the zone, and that would be the served host's; boot it in process", "lifetime") { Zone = zone.Name, Operation = "boot" };
        }

        if (options with { Bootargs = null, KernelArgs = options.KernelArgs is { Count: > 0 } words ? words : null } != new BootOptions() && !call.Peer.Everything)
        {
            throw Refusals.Because(zone.Name, "boot", "options other than bootargs are root's");
        }
    }

    private static async Task CreateAsync(Call call)
    {
        call.RequireEverything("create");
        IZoneHost host = call.Host;
        ZoneSpec spec = (await call.BodyAsync(ServedJson.Strict.SpecRequest).ConfigureAwait(false)).Spec;
        await RouteTable.StartAsync(call, "create", spec.Zone, cancel => RouteTable.Nothing(host.CreateAsync(spec, cancel))).ConfigureAwait(false);
    }

    /// <summary>Not every zone that is attached is configured.</summary>
    private static async Task AttachAsync(Call call)
    {
        (IZoneHost host, string zone) = (call.Host, call.Zone);
        if (!call.Peer.Everything)
        {
            await call.RequireAsync(Rights.Everything, "attach").ConfigureAwait(false);
        }

        AttachOptions options = await call.BodyAsync(ServedJson.Strict.AttachOptions).ConfigureAwait(false);
        await RouteTable.StartAsync(call, "attach", zone, cancel => RouteTable.Result(host.AttachAsync(zone, options, cancel), ServedJson.Default.AttachReport)).ConfigureAwait(false);
    }

    /// <summary>A zone that somebody manages is installed with the files of one from which they may clone. Who may create zones makes a new one so, with the
    /// other's spec: recorded by us, so that it is never one that root configures at this moment and fills with other files.</summary>
    private static async Task CloneAsync(Call call)
    {
        const string verb = "clone";
        (IZoneHost host, string zone) = (call.Host, call.Zone);
        string source = (await call.BodyAsync(ServedJson.Strict.CloneRequest).ConfigureAwait(false)).Source;
        if (call.Peer.Everything)
        {
            await RouteTable.StartAsync(call, verb, zone, cancel => RouteTable.Nothing(host.CloneAsync(zone, source, cancel))).ConfigureAwait(false);
            return;
        }

        ZoneInfo original = await call.RequireAsync(source, Rights.Clonefrom, verb).ConfigureAwait(false);
        bool exists = (await host.ListAsync(call.Aborted).ConfigureAwait(false)).Any(other => other.Name == zone);
        if (exists || !call.Server.Rights.Creates(call.Peer))
        {
            await call.RequireAsync(Rights.Manage, verb).ConfigureAwait(false);
            await RouteTable.StartAsync(call, verb, zone, cancel => RouteTable.Nothing(host.CloneAsync(zone, source, cancel))).ConfigureAwait(false);
        }
        else
        {
            await RouteTable.StartAsync(call, verb, zone, cancel => RouteTable.Nothing(CreateCloneAsync(host, Lifecycle.CopyOf(original.Spec, zone), source, cancel))).ConfigureAwait(false);
        }
    }

    private static async Task CreateCloneAsync(IZoneHost host, ZoneSpec spec, string source, CancellationToken cancellationToken)
    {
        Zone created = await host.CreateAsync(spec, cancellationToken).ConfigureAwait(false);
        try
        {
            await host.CloneAsync(spec.Zone, source, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Why the clone failed is what the client wants to hear, whatever comes of this.
            await created.DeleteAsync(cancellationToken: CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
