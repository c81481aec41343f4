using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Zones.Hosting;
using Zones.Served;
using Zones.Server.Operations;
using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>Where requests go. A call of <see cref="IZoneHost"/> that changes something is a verb here, begun by POST and answered with its operation.</summary>
internal sealed class RouteTable(IEndpointRouteBuilder routes, ServerContext server)
{
    private const string Version = "/v1";

    /// <summary>An address, below the version, for one method.</summary>
    public void Map(string method, string address, Func<Call, Task> answer) => routes.MapMethods(Version + address, [method], async http =>
    {
        Call call = new(http, server);
        try
        {
            await answer(call).ConfigureAwait(false);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested || server.Stopping.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (Exception) when (http.Response.HasStarted)
        {
            // The answer is a stream whose reader has to see that it broke off.
            http.Abort();
            throw;
        }
        catch (BadHttpRequestException e)
        {
            await call.AnswerAsync(ProblemDocument.Of(new ArgumentException(Text.Sentence(e.Message))) with { Status = e.StatusCode }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await call.AnswerAsync(ServerLog.Problem(e)).ConfigureAwait(false);
        }
    });

    /// <summary>A verb on a zone that takes and gives nothing.</summary>
    public void Verb(string verb, Rights needed, Func<IZoneHost, string, CancellationToken, Task> work) => Map(HttpMethods.Post, $"/zones/{{zone}}/{verb}", async call =>
    {
        (IZoneHost host, string zone) = (call.Host, call.Zone);
        await call.RequireAsync(needed, verb).ConfigureAwait(false);
        await StartAsync(call, verb, zone, cancel => Nothing(work(host, zone, cancel))).ConfigureAwait(false);
    });

    /// <summary>What a verb would be refused for: GET of its address, answered with the zone.</summary>
    public void Question(Verb verb, Rights needed)
    {
        string name = StateTable.NameOf(verb);
        Map(HttpMethods.Get, $"/zones/{{zone}}/{name}", async call =>
        {
            await call.RequireAsync(needed, name).ConfigureAwait(false);
            await call.AnswerAsync(await ((IVerbCheck)call.Host).RequireAsync(call.Zone, verb, call.Aborted).ConfigureAwait(false), ServedJson.Default.ZoneInfo).ConfigureAwait(false);
        });
    }

    /// <summary>A verb on a zone that takes a document.</summary>
    /// <param name="verb">Its name.</param>
    /// <param name="needed">The right for it.</param>
    /// <param name="body">What it takes.</param>
    /// <param name="work">What it does.</param>
    /// <param name="check">What else must hold; throws.</param>
    public void Verb<TBody>(string verb, Rights needed, JsonTypeInfo<TBody> body, Func<IZoneHost, string, TBody, CancellationToken, Task> work, Action<Call, ZoneInfo, TBody>? check = null) =>
        Verb(verb, needed, body, (host, zone, document, cancel) => Nothing(work(host, zone, document, cancel)), check);

    /// <summary>A verb on a zone that takes a document and gives one.</summary>
    public void Verb<TBody, TResult>(string verb, Rights needed, JsonTypeInfo<TBody> body, JsonTypeInfo<TResult> result, Func<IZoneHost, string, TBody, CancellationToken, Task<TResult>> work) =>
        Verb(verb, needed, body, (host, zone, document, cancel) => Result(work(host, zone, document, cancel), result), null);

    /// <summary>A verb on the host; all of these are root's.</summary>
    public void HostVerb<TBody, TResult>(string verb, JsonTypeInfo<TBody> body, JsonTypeInfo<TResult> result, Func<IZoneHost, TBody, CancellationToken, Task<TResult>> work) => Map(HttpMethods.Post, "/" + verb, async call =>
    {
        call.RequireEverything(verb);
        IZoneHost host = call.Host;
        TBody document = await call.BodyAsync(body).ConfigureAwait(false);
        await StartAsync(call, verb, null, cancel => Result(work(host, document, cancel), result)).ConfigureAwait(false);
    });

    /// <summary>Begins an operation and answers with it.</summary>
    public static Task StartAsync(Call call, string verb, string? zone, Func<CancellationToken, Task<JsonElement?>> work)
    {
        Operation operation = call.Server.Operations.Start(call.Peer, verb, zone, work);
        call.Http.Response.Headers.Location = $"{Version}/operations/{operation.Document.Id}";
        return call.AnswerAsync(operation.Document, ServedJson.Default.OperationDocument, StatusCodes.Status202Accepted);
    }

    public static async Task<JsonElement?> Nothing(Task work)
    {
        await work.ConfigureAwait(false);
        return null;
    }

    public static async Task<JsonElement?> Result<TResult>(Task<TResult> work, JsonTypeInfo<TResult> type) =>
        JsonSerializer.SerializeToElement(await work.ConfigureAwait(false), type);

    private void Verb<TBody>(string verb, Rights needed, JsonTypeInfo<TBody> body, Func<IZoneHost, string, TBody, CancellationToken, Task<JsonElement?>> work, Action<Call, ZoneInfo, TBody>? check) => Map(HttpMethods.Post, $"/zones/{{zone}}/{verb}", async call =>
    {
        (IZoneHost host, string zone) = (call.Host, call.Zone);
        ZoneInfo info = await call.RequireAsync(needed, verb).ConfigureAwait(false);
        TBody document = await call.BodyAsync(body).ConfigureAwait(false);
        check?.Invoke(call, info, document);
        await StartAsync(call, verb, zone, cancel => work(host, zone, document, cancel)).ConfigureAwait(false);
    });
}
