using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Zones.Hosting;

namespace Zones.Served;

/// <summary>A host in another process, reached over its socket: every call is a request to <c>zone serve</c>, which may refuse it. What takes long is an
/// operation there, which goes on when this process ends; a cancellation is passed on, and waits as in process until what was made is undone.</summary>
internal sealed partial class ServedHost : IZoneHost, IVerbCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServedConnection _connection;

    private ServedHost(ServedConnection connection) => _connection = connection;

    /// <summary>Connects, and makes sure that a host answers.</summary>
    public static async Task<ServedHost> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        ServedConnection connection = new(Path.GetFullPath(path));
        try
        {
            await connection.GetAsync("", ServedJson.Default.ServedGreeting, cancellationToken).ConfigureAwait(false);
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The address of a zone; a name that no zone can have is not there.</summary>
    private static string Of(string name, string what = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Specs.IdentityRules.IsPlainName(name) ? $"zones/{name}{what}" : throw new ZoneNotFoundException(name);
    }

    private Task OperateAsync(string address, CancellationToken cancellationToken) => EndAsync(address, null, cancellationToken);

    private Task OperateAsync<TBody>(string address, TBody body, JsonTypeInfo<TBody> type, CancellationToken cancellationToken) =>
        EndAsync(address, ServedConnection.Body(body, type), cancellationToken);

    private async Task<TResult> ResultAsync<TResult>(string address, HttpContent? body, JsonTypeInfo<TResult> result, CancellationToken cancellationToken)
    {
        OperationDocument operation = await EndAsync(address, body, cancellationToken).ConfigureAwait(false);
        return operation.Result is { } element && System.Text.Json.JsonSerializer.Deserialize(element, result) is { } value
            ? value
            : throw new ZoneException($"{_connection.Path}: {operation.Verb} gave no result; is it a 'zone serve' of this version that listens there?") { Path = _connection.Path };
    }

    /// <summary>Begins an operation and waits for its end.</summary>
    private async Task<OperationDocument> EndAsync(string address, HttpContent? body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Until its number is known, it cannot be cancelled; this takes no longer than a request.
        OperationDocument operation = await _connection.PostAsync(address, body, ServedJson.Default.OperationDocument, CancellationToken.None).ConfigureAwait(false);
        CancellationToken waiting = cancellationToken;
        while (operation.State == OperationState.Running)
        {
            try
            {
                string wait = string.Create(CultureInfo.InvariantCulture, $"operations/{operation.Id}?wait={Patience.TotalSeconds}");
                operation = await _connection.GetAsync(wait, ServedJson.Default.OperationDocument, waiting).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (waiting.IsCancellationRequested)
            {
                operation = await _connection.DeleteAsync($"operations/{operation.Id}", ServedJson.Default.OperationDocument, CancellationToken.None).ConfigureAwait(false);
                waiting = CancellationToken.None;
            }
        }

        return operation.State switch
        {
            OperationState.Done => operation,
            OperationState.Cancelled => throw new OperationCanceledException(cancellationToken),
            _ => throw operation.Problem!.ToException(),
        };
    }
}
