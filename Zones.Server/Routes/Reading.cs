using Microsoft.AspNetCore.Http;
using Zones.Served;
using Zones.Server.Operations;
using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>What only looks: of zones to which somebody has no right at all they see nothing.</summary>
internal static class Reading
{
    public static void Map(RouteTable routes)
    {
        routes.Map(HttpMethods.Get, "", call => call.AnswerAsync(
            new ServedGreeting(typeof(IZoneHost).Assembly.GetName().Version!.ToString(3), call.Peer.User, call.Peer.Everything), ServedJson.Default.ServedGreeting));
        routes.Map(HttpMethods.Get, "/zones", ListAsync);
        routes.Map(HttpMethods.Get, "/zones/{zone}", async call => await call.AnswerAsync(await call.RequireAsync(Rights.Any, "show").ConfigureAwait(false), ServedJson.Default.ZoneInfo).ConfigureAwait(false));
        routes.Map(HttpMethods.Get, "/zones/{zone}/usage", UsageAsync);
        routes.Map(HttpMethods.Get, "/usage", async call => await call.AnswerAsync(await call.Host.StatHostAsync(call.Aborted).ConfigureAwait(false), ServedJson.Default.ZoneUsage).ConfigureAwait(false));
        routes.Map(HttpMethods.Post, "/verify", VerifyAsync);
        routes.Map(HttpMethods.Post, "/plan", PlanAsync);
        routes.Map(HttpMethods.Get, "/operations", call => call.AnswerAsync([.. call.Server.Operations.Of(call.Peer).Select(operation => operation.Document)], ServedJson.Default.IReadOnlyListOperationDocument));
        routes.Map(HttpMethods.Get, "/operations/{id}", OperationAsync);
        routes.Map(HttpMethods.Delete, "/operations/{id}", CancelAsync);
    }

    private static async Task ListAsync(Call call)
    {
        IReadOnlyList<ZoneInfo> zones = await call.Host.ListAsync(call.Aborted).ConfigureAwait(false);
        await call.AnswerAsync(call.Peer.Everything ? zones : [.. zones.Where(zone => call.Server.Rights.Of(call.Peer, zone.Spec) != Rights.None)], ServedJson.Default.IReadOnlyListZoneInfo).ConfigureAwait(false);
    }

    private static async Task UsageAsync(Call call)
    {
        await call.RequireAsync(Rights.Login | Rights.Manage, "stat").ConfigureAwait(false);
        await call.AnswerAsync(await call.Host.StatAsync(call.Zone, call.Aborted).ConfigureAwait(false), ServedJson.Default.ZoneUsage).ConfigureAwait(false);
    }

    /// <summary>The spec of a zone as it is, for whoever may see it. What another one names would tell which files the host has: that is root's. A spec that
    /// cannot even be read is one with problems.</summary>
    private static async Task VerifyAsync(Call call)
    {
        VerifyReport report;
        try
        {
            ZoneSpec spec = (await call.BodyAsync(ServedJson.Strict.SpecRequest).ConfigureAwait(false)).Spec;
            if (!call.Peer.Everything && !await IsSeenAsync(call, spec).ConfigureAwait(false))
            {
                throw Refusals.Because(null, "verify", "a spec that is no zone's of yours, as it is recorded, is root's to verify; zone verify NAME verifies a zone");
            }

            report = await call.Host.VerifyAsync(spec, call.Aborted).ConfigureAwait(false);
        }
        catch (ZoneSpecException e)
        {
            report = new(e.Problems, []);
        }

        await call.AnswerAsync(report, ServedJson.Default.VerifyReport).ConfigureAwait(false);
    }

    /// <summary>Whether a spec is that of a zone that the peer may see.</summary>
    private static async Task<bool> IsSeenAsync(Call call, ZoneSpec spec)
    {
        try
        {
            return (await call.RequireAsync(spec.Zone, Rights.Any, "verify").ConfigureAwait(false)).Spec == spec;
        }
        catch (ZoneNotFoundException)
        {
            return false;
        }
    }

    private static async Task PlanAsync(Call call)
    {
        call.RequireEverything("apply");
        ApplyRequest request = await call.BodyAsync(ServedJson.Strict.ApplyRequest).ConfigureAwait(false);
        await call.AnswerAsync(await call.Host.PlanAsync(request, call.Aborted).ConfigureAwait(false), ServedJson.Default.ApplyPlan).ConfigureAwait(false);
    }

    private static Operation Find(Call call) => call.Server.Operations.Find(call.Peer, (string)call.Http.Request.RouteValues["id"]!);

    /// <summary>An operation: as it is, or with <c>?wait=SECONDS</c> when it has ended or the time is over.</summary>
    private static async Task OperationAsync(Call call)
    {
        Operation operation = Find(call);
        if (call.Number("wait") is { } seconds && operation.IsRunning)
        {
            using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, call.Server.Stopping);
            TimeSpan wait = TimeSpan.FromSeconds(Math.Min(seconds, (long)ServerLimits.Wait.TotalSeconds));
            await Task.WhenAny(operation.Ended, Task.Delay(wait, leaving.Token)).ConfigureAwait(false);
        }

        await AnswerAsync(call, operation).ConfigureAwait(false);
    }

    private static async Task CancelAsync(Call call)
    {
        Operation operation = Find(call);
        operation.Cancel();
        await AnswerAsync(call, operation).ConfigureAwait(false);
    }

    /// <summary>With the state in which its zone is meanwhile, which is how far it is.</summary>
    private static async Task AnswerAsync(Call call, Operation operation)
    {
        OperationDocument document = operation.Document;
        if (document is { State: OperationState.Running, Zone: { } zone })
        {
            try
            {
                document = document with { ZoneState = (await call.Host.InfoAsync(zone, call.Aborted).ConfigureAwait(false)).State };
            }
            catch (ZoneException)
            {
                // It is not there yet, or not any more.
            }
        }

        await call.AnswerAsync(document, ServedJson.Default.OperationDocument).ConfigureAwait(false);
    }
}
