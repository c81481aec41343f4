namespace Zones.Domains.Compare.Sides;

/// <summary>What a program prints, read as it comes.</summary>
internal sealed class OutputLines
{
    private readonly List<string> _lines = [];
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _waiting = [];

    /// <summary>Reads until the end.</summary>
    public OutputLines(TextReader reader) => End = ReadAsync(reader);

    /// <summary>All that was printed, when there is nothing more.</summary>
    public Task<string> End { get; }

    /// <summary>Returns when a line that contains a text has been printed.</summary>
    /// <returns>The line.</returns>
    /// <exception cref="ZoneException">The program has ended without it.</exception>
    public async Task<string> AwaitAsync(string text, CancellationToken cancellationToken)
    {
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            _waiting.Add((text, seen));
        }

        await Task.WhenAny(seen.Task, End).WaitAsync(Side.Patience, cancellationToken).ConfigureAwait(false);
        if (!seen.Task.IsCompleted)
        {
            throw new ZoneException($"the program has ended before it printed '{text}'{(_lines.Count > 0 ? $"; it said: {_lines[^1]}" : "")}");
        }

        return await seen.Task.ConfigureAwait(false);
    }

    private async Task<string> ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                foreach ((string text, TaskCompletionSource<string> seen) in _waiting)
                {
                    if (line.Contains(text, StringComparison.Ordinal))
                    {
                        seen.TrySetResult(line);
                    }
                }
            }
        }

        return string.Concat(_lines.Select(line => line + "\n"));
    }
}
