using System.Text;

namespace Zones.Hosting;

/// <summary>What a command prints on one of its pipes, kept as it comes: a child that it leaves behind may hold the pipe open for
/// ever, and what was printed until then is still the answer.</summary>
internal sealed class CollectedOutput
{
    private readonly MemoryStream _bytes = new();
    private readonly Lock _lock = new();

    /// <summary>Begins to read.</summary>
    /// <param name="pipe">Null means nothing is read.</param>
    public CollectedOutput(Stream? pipe) => End = pipe is null ? Task.CompletedTask : ReadAsync(pipe);

    /// <summary>The end of the pipe.</summary>
    public Task End { get; }

    /// <summary>How much has come so far.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
            {
                return _bytes.Length;
            }
        }
    }

    /// <summary>What has come so far, read as UTF-8.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                return Encoding.UTF8.GetString(_bytes.GetBuffer(), 0, (int)_bytes.Length);
            }
        }
    }

    private async Task ReadAsync(Stream pipe)
    {
        byte[] buffer = new byte[64 * 1024];
        int length;
        while ((length = await pipe.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            lock (_lock)
            {
                _bytes.Write(buffer, 0, length);
            }
        }
    }
}
