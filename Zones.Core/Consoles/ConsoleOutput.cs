using Zones.Hosting;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Consoles;

/// <summary>What a zone's console shows, which is the zone's log: its end, then what comes, through boots and halts. It ends with its disposal.</summary>
/// <param name="path">The log.</param>
/// <param name="scrollback">The most bytes of what is there already.</param>
/// <param name="isThere">Whether the zone is: what its path names later may be another zone's log.</param>
internal sealed class ConsoleOutput(string path, int scrollback, Func<bool> isThere) : OneWayStream
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private FileChanges.Watch? _changes;
    private FileStream? _file;
    private long _position = -1;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_end.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Opened() is { } file)
            {
                int length = await ReadOnAsync(file, buffer, cancellationToken).ConfigureAwait(false);
                if (length > 0 || buffer.Length == 0)
                {
                    return length;
                }

                if (LeaveOld(file))
                {
                    continue;
                }
            }

            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_end.IsCancellationRequested)
        {
            _end.Cancel();
            lock (_lock)
            {
                _file?.Dispose();
                _changes?.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>The log, opened with a watch on it before anything is read, so that nothing that comes is slept through; null while there is none,
    /// or the zone keeps it to itself.</summary>
    private FileStream? Opened()
    {
        lock (_lock)
        {
            if (_file is null && !_end.IsCancellationRequested && File.Exists(path))
            {
                _changes ??= FileChanges.Of(path);
                FileStream? opened = null;
                try
                {
                    opened = ZoneLog.Read(path);
                    if (isThere())
                    {
                        (_file, opened) = (opened, null);
                    }
                }
                catch (ZoneException e) when (e.IsTransient)
                {
                    return null;
                }
                finally
                {
                    opened?.Dispose();
                }
            }

            return _file;
        }
    }

    /// <summary>Whether all of this log was shown and another has its name: of a zone that was uninstalled and installed again, whose log is shown whole.</summary>
    private bool LeaveOld(FileStream file)
    {
        lock (_lock)
        {
            using HeldDescriptor? held = HeldDescriptor.Of(file.SafeFileHandle);
            if (held is null || !File.Exists(path) || NamedFile.Is(held.Number, path))
            {
                return false;
            }

            file.Dispose();
            _changes?.Dispose();
            (_file, _changes, _position) = (null, null, 0);
            return true;
        }
    }

    private async Task<int> ReadOnAsync(FileStream file, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await BeginAsync(file, cancellationToken).ConfigureAwait(false);
            file.Position = _position = LogReader.NextData(file, _position);
            int length = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _position += length;
            return length;
        }
        catch (ObjectDisposedException)
        {
            return 0; // who reads has left meanwhile
        }
    }

    /// <summary>Where to read from: at first, and when a boot has cut the log, near its end, from the beginning of a line on.</summary>
    private async Task BeginAsync(FileStream file, CancellationToken cancellationToken)
    {
        long length = file.Length;
        if (_position >= 0 && _position <= length)
        {
            return;
        }

        _position = Math.Max(0, length - scrollback);
        if (_position > 0)
        {
            byte[] kept = new byte[Math.Min(scrollback, 64 << 10)];
            file.Position = _position;
            int read = await file.ReadAsync(kept, cancellationToken).ConfigureAwait(false);
            _position += kept.AsSpan(0, read).IndexOf((byte)'\n') + 1;
        }
    }

    /// <summary>Until the log changes, or there is one; looks again after a while in any case.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellationToken);
        await (_changes?.WaitAsync(Slice, end.Token) ?? Task.Delay(Slice, end.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
