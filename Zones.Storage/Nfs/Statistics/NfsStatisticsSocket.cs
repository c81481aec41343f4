using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zones.Storage.Nfs;

/// <summary>A Unix socket at which a server tells others on its host what it has done: whoever connects gets the statistics of that moment
/// as JSON, and the end of the stream.</summary>
public sealed class NfsStatisticsSocket : IAsyncDisposable
{
    private const int LongestPath = 107; // bytes; unix(7)

    private readonly NfsServer _server;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly Task _accepting;

    private NfsStatisticsSocket(NfsServer server, string path)
    {
        _server = server;
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Listens at a path; what is there from an earlier server is removed.</summary>
    /// <param name="server">Whose statistics.</param>
    /// <param name="path">At most 107 bytes (unix(7)).</param>
    /// <exception cref="ZoneException">It is longer.</exception>
    public static NfsStatisticsSocket Open(NfsServer server, string path)
    {
        CheckLength(path);
        return new(server, path);
    }

    /// <summary>Asks a server.</summary>
    /// <param name="path">Its socket.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ZoneException">No server is there.</exception>
    public static async Task<NfsStatistics> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        CheckLength(path);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            NetworkStream stream = new(socket);
            await using (stream.ConfigureAwait(false))
            {
                return await JsonSerializer.DeserializeAsync(stream, NfsStatisticsJson.Default.NfsStatistics, cancellationToken).ConfigureAwait(false)
                    ?? throw new JsonException("null");
            }
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException)
        {
            throw new ZoneException($"{path}: no server answers there: {Text.Sentence(e.Message)}; is it still running?", e) { Path = path, IsTransient = true };
        }
    }

    /// <summary>Stops listening and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        File.Delete(_path);
        await _accepting.ConfigureAwait(false);
    }

    private static void CheckLength(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw new ZoneException($"{path}: a socket's path has at most {LongestPath} bytes; name a shorter state directory") { Path = path };
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                using Socket client = await _listener.AcceptAsync().ConfigureAwait(false);
                await client.SendAsync(JsonSerializer.SerializeToUtf8Bytes(_server.Statistics(), NfsStatisticsJson.Default.NfsStatistics)).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.OperationAborted or SocketError.Interrupted))
            {
                // A client that did not wait.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

/// <summary>Statistics as JSON.</summary>
[JsonSerializable(typeof(NfsStatistics))]
internal sealed partial class NfsStatisticsJson : JsonSerializerContext;
