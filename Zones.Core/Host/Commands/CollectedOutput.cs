using System.Text;

namespace Zones.Hosting;

/// <summary>What a command prints on one of its pipes, kept as it comes: a child that it leaves behind may hold the pipe open for
/// ever, and what was printed until then is still the answer. How much it prints is the zone's to say, and this process's memory has an end.</summary>
internal sealed class CollectedOutput
{
    /// <summary>What is kept at most, bytes.</summary>
    public const int Most = 64 << 20;

    private readonly MemoryStream _bytes = new();
    private readonly Lock _lock = new();

    /// <summary>Begins to read.</summary>
    /// <param name="pipe">Null means nothing is read.</param>
    /// <param name="tooMuch">Is called when there is more than is kept, and nothing is read any more.</param>
    public CollectedOutput(Stream? pipe, Action tooMuch) => End = pipe is null ? Task.CompletedTask : ReadAsync(pipe, tooMuch);

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

    private async Task ReadAsync(Stream pipe, Action tooMuch)
    {
        byte[] buffer = new byte[64 * 1024];
        int length;
        while ((length = await pipe.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            if (Length + length > Most)
            {
                tooMuch();
                return;
            }

            lock (_lock)
            {
                _bytes.Write(buffer, 0, length);
            }
        }
    }
}
