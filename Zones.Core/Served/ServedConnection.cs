using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Zones.Served;

/// <summary>HTTP over the Unix socket of a served host: documents, streams of lines, WebSockets. Each failure is the exception that the host threw, or a
/// transient <see cref="ZoneException"/> that names the socket.</summary>
internal sealed class ServedConnection : IDisposable
{
    private readonly HttpMessageInvoker _http;

    /// <param name="path">The socket, absolute.</param>
    public ServedConnection(string path)
    {
        Path = path;
        _http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    }

    /// <summary>The socket.</summary>
    public string Path { get; }

    public Task<T> GetAsync<T>(string address, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        DocumentAsync(new(HttpMethod.Get, Address(address)), answer, cancellationToken);

    public Task<T> DeleteAsync<T>(string address, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        DocumentAsync(new(HttpMethod.Delete, Address(address)), answer, cancellationToken);

    public Task<T> PostAsync<T>(string address, HttpContent? body, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        DocumentAsync(new(HttpMethod.Post, Address(address)) { Content = body }, answer, cancellationToken);

    /// <summary>A document as the body of a request.</summary>
    public static HttpContent Body<T>(T document, JsonTypeInfo<T> type) =>
        new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(document, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Documents, a line each, as they come.</summary>
    public async IAsyncEnumerable<T> LinesAsync<T>(string address, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Address(address));
        using HttpResponseMessage response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), Encoding.UTF8);
        while (await TryAsync(() => reader.ReadLineAsync(cancellationToken).AsTask()).ConfigureAwait(false) is { } line)
        {
            yield return JsonSerializer.Deserialize(line, type) ?? throw new ZoneException($"{Path}: sends what is no document; is it 'zone serve' that listens there?") { Path = Path };
        }
    }

    /// <summary>A WebSocket.</summary>
    public async Task<WebSocket> WebSocketAsync(string address, CancellationToken cancellationToken)
    {
        ClientWebSocket socket = new();
        try
        {
            await TryAsync(async () =>
            {
                await socket.ConnectAsync(new Uri("ws://zones/v1/" + address), _http, cancellationToken).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What a broken connection is told as.</summary>
    public ZoneException Lost(Exception cause)
    {
        SocketException? socket = cause as SocketException ?? cause.InnerException as SocketException ?? cause.InnerException?.InnerException as SocketException;
        // What a socket gives for a path that is not there is another number than connect(2)'s.
        int errno = socket is null ? 0 : !File.Exists(Path) ? Wire.Linux.ENOENT : socket.NativeErrorCode;
        string what = errno switch
        {
            Wire.Linux.ENOENT or 111 /* ECONNREFUSED */ => "nobody serves a host there; start 'zone serve', or name its socket",
            Wire.Linux.EACCES => "may not be connected to; whoever serves the host says who may ('zone serve --group')",
            _ => "the connection broke: the served host ended, or turned this user away, whom no zone's admin names, or who has too many connections; what was under way may have been done",
        };
        return new($"{Path}: {what}", cause) { Path = Path, Errno = errno, IsTransient = true };
    }

    public void Dispose() => _http.Dispose();

    private static Uri Address(string address) => new("http://zones/v1/" + address);

    private async Task<T> DocumentAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> answer, CancellationToken cancellationToken)
    {
        using (request)
        {
            using HttpResponseMessage response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            return await ReadAsync(response, answer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The answer, whose content is still to be read.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await TryAsync(() => _http.SendAsync(request, cancellationToken)).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? (await ReadAsync(response, ServedJson.Default.ProblemDocument, cancellationToken).ConfigureAwait(false)).ToException()
                : new ZoneException($"{Path}: answers {(int)response.StatusCode} to {request.Method} {request.RequestUri!.PathAndQuery}; is it a 'zone serve' of this version that listens there?") { Path = Path };
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] content = await TryAsync(() => response.Content.ReadAsByteArrayAsync(cancellationToken)).ConfigureAwait(false);
        return JsonSerializer.Deserialize(content, type) ?? throw new ZoneException($"{Path}: sends what is no document; is it 'zone serve' that listens there?") { Path = Path };
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or WebSocketException)
        {
            throw Lost(e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
