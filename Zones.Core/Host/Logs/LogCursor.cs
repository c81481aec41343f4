using System.Text;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Goes through a zone's log once, a piece at a time. The zone may write to it meanwhile, cut it, or make it long without writing anything.</summary>
/// <param name="path">The log.</param>
/// <param name="end">Where to end, bytes; null follows it as it grows.</param>
internal sealed class LogCursor(string path, long? end)
{
    private const int LongestLine = 1 << 20; // characters; what a zone prints without a line end is cut there, and not held in memory

    private readonly StringBuilder _partial = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly char[] _characters = new char[Encoding.UTF8.GetMaxCharCount(64 * 1024)];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long _position;

    /// <summary>What is there of a line that has no end yet.</summary>
    public string Rest => _partial.ToString();

    /// <summary>The lines that end in the next piece; null where there is nothing more now.</summary>
    public async Task<List<string>?> NextAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        await using FileStream file = ZoneLog.Read(path);
        if (end is not null && file.Length < _position)
        {
            return null; // a zone could cut it again and again
        }

        _position = file.Length < _position ? 0 : LogReader.NextData(file, _position);
        file.Seek(_position, SeekOrigin.Begin);
        int most = (int)Math.Clamp((end ?? long.MaxValue) - _position, 0, _buffer.Length);
        int read = await file.ReadAsync(_buffer.AsMemory(0, most), cancellationToken).ConfigureAwait(false);
        _position += read;
        return read == 0 ? null : Split(_characters.AsSpan(0, _decoder.GetChars(_buffer, 0, read, _characters, 0)));
    }

    private List<string> Split(ReadOnlySpan<char> text)
    {
        List<string> lines = [];
        while (text.IndexOf('\n') is int lineEnd and >= 0)
        {
            _partial.Append(text[..lineEnd]);
            Cut(lines);
            text = text[(lineEnd + 1)..];
        }

        _partial.Append(text);
        if (_partial.Length >= LongestLine)
        {
            Cut(lines);
        }

        return lines;
    }

    private void Cut(List<string> lines)
    {
        lines.Add(_partial.ToString().TrimEnd('\0', '\r'));
        _partial.Clear();
    }
}
