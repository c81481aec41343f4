using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Zones.Served;
using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>One request: who makes it, about what, and the answer.</summary>
internal sealed class Call(HttpContext http, ServerContext server)
{
    public HttpContext Http => http;

    public ServerContext Server => server;

    public IZoneHost Host => server.Host;

    public Peer Peer { get; } = http.Features.GetRequiredFeature<Peer>();

    /// <summary>The zone in the address.</summary>
    public string Zone => (string)http.Request.RouteValues["zone"]!;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Throws unless the peer may do everything.</summary>
    public void RequireEverything(string verb)
    {
        if (!Peer.Everything)
        {
            throw Refusals.OfRoot(null, verb, mayLogIn: false);
        }
    }

    /// <summary>The zone of the address, if the peer may do this to it. Of a zone to which they may do nothing they learn nothing.</summary>
    /// <exception cref="ZoneNotFoundException">It is not there, or the peer has no right to it at all.</exception>
    /// <exception cref="ZoneException">The peer may do other things to it; errno EPERM.</exception>
    public Task<ZoneInfo> RequireAsync(Rights needed, string verb) => RequireAsync(Zone, needed, verb);

    /// <inheritdoc cref="RequireAsync(Rights, string)"/>
    public async Task<ZoneInfo> RequireAsync(string zone, Rights needed, string verb)
    {
        ZoneInfo info = await Host.InfoAsync(zone, Aborted).ConfigureAwait(false);
        Rights rights = server.Rights.Of(Peer, info.Spec);
        return rights == Rights.None ? throw new ZoneNotFoundException(zone)
            : (rights & needed) != 0 && (needed != Rights.Everything || rights == Rights.Everything) ? info
            : throw (needed == Rights.Everything ? Refusals.OfRoot(zone, verb, (rights & Rights.Login) != 0) : Refusals.Missing(info.Spec, verb, needed, Peer));
    }

    /// <summary>Waits until the peer may not do this any more: rights are those that the zone's spec gives now, and without an answer, or when nobody can
    /// be told that there is another, there is none.</summary>
    public async Task<ProblemDocument> RefusedAsync(Rights needed, string verb, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                Task next = server.Feed.Next();
                try
                {
                    await RequireAsync(needed, verb).ConfigureAwait(false);
                }
                catch (ZoneNotFoundException e)
                {
                    if (!await IsDeletedAsync().ConfigureAwait(false))
                    {
                        return ServerLog.Problem(e);
                    }

                    // What is open of it ends by itself; until then there may be another of its name.
                }

                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return ServerLog.Problem(e);
        }
    }

    /// <summary>Whether the zone is not there, rather than nothing that this peer may know of.</summary>
    private async Task<bool> IsDeletedAsync()
    {
        try
        {
            await Host.InfoAsync(Zone, Aborted).ConfigureAwait(false);
            return false;
        }
        catch (Exception e)
        {
            return e is ZoneNotFoundException;
        }
    }

    /// <summary>The document in the body; where none was sent, one without properties.</summary>
    public async Task<T> BodyAsync<T>(JsonTypeInfo<T> type)
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = Peer.Everything ? ServerLimits.BodyOfRoot : ServerLimits.Body;
        try
        {
            bool empty = http.Request.ContentLength is 0 || !http.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
            T? body = empty ? JsonSerializer.Deserialize("{}", type) : await JsonSerializer.DeserializeAsync(http.Request.Body, type, Aborted).ConfigureAwait(false);
            return body ?? throw new ArgumentException("the body is null; send a document");
        }
        catch (IOException e) when (e is not BadHttpRequestException && !Aborted.IsCancellationRequested)
        {
            // Kestrel's word for chunks that are none.
            throw new ArgumentException($"the body cannot be read: {Text.Sentence(e.Message)}", e);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"the body is not what {http.Request.Path} takes: {Text.Sentence(e.Message)}", e);
        }
    }

    /// <summary>A flag or number of the query.</summary>
    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>A whole number of the query; null when it is not there.</summary>
    public long? Number(string name) => Query(name) is not { } text ? null
        : long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) ? number
        : throw new ArgumentException($"{name}: '{text}' is not a whole number");

    public Task AnswerAsync<T>(T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK, string contentType = "application/json")
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(document, type);
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, Aborted).AsTask();
    }

    /// <summary>Documents, a line each, sent as they come. What a client does not read waits where it comes from, and the client is disconnected: Kestrel's own
    /// rate allows one that has read much to read nothing for as long as it was ahead.</summary>
    public async Task StreamAsync<T>(IAsyncEnumerable<T> documents, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        http.Response.ContentType = "application/x-ndjson";
        await http.Response.StartAsync(cancellationToken).ConfigureAwait(false);
        await http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        await foreach (T document in documents.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ValueTask<FlushResult> written = http.Response.BodyWriter.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(document, type), (byte)'\n'], cancellationToken);
            if (!written.IsCompletedSuccessfully)
            {
                await written.AsTask().WaitAsync(ServerLimits.Reader, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>An error.</summary>
    public Task AnswerAsync(ProblemDocument problem) => AnswerAsync(problem, ServedJson.Default.ProblemDocument, problem.Status, "application/problem+json");
}
