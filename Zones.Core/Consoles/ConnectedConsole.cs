using Zones.Catalogue;
using Zones.Hosting;
using Zones.Interop;
using Zones.Zoned;

namespace Zones.Consoles;

/// <summary>A place at a console in this process. What is shown is read from the log by each for himself; who types has a copy of the terminal's
/// other end, gets the next boot's by its event, and sees to it that a keeper is there.</summary>
internal sealed class ConnectedConsole : ZoneConsole
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly HostContext _context;
    private readonly Lifecycle _lifecycle;
    private readonly Lock _attaching = new();
    private readonly string _zone;
    private readonly ConsoleOptions _options;
    private readonly ConsoleServer _server;
    private readonly ConsoleSeat? _seat;
    private readonly ConsoleLink _link = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _following;
    private readonly Task _keeping;
    private KeeperConnection? _keeper;
    private bool _left;

    private ConnectedConsole(HostContext context, Lifecycle lifecycle, ZoneRow row, ConsoleOptions options)
    {
        (_context, _lifecycle, _zone, _options, _server) = (context, lifecycle, row.Name, options, new(context));
        Output = new ConsoleOutput(LogReader.PathOf(context.State, _zone), (int)Math.Clamp(options.Scrollback.Bytes, 0, int.MaxValue), () => context.Catalogue.Find(_zone)?.Uuid == row.Uuid);
        _seat = options.ReadOnly ? null : ConsoleSeat.Take(context.State, _zone, options.Typist);
        try
        {
            Writer = _seat is null ? ConsoleSeat.Holder(context.State, _zone) : null;
            Input = _seat is null ? null : new ConsoleInput(_link);
            long seen = context.Catalogue.LastEvent();
            if (_seat is not null && context.Row(_zone).ZoneState.IsLive())
            {
                Attach();
            }

            _following = Task.Run(() => FollowAsync(seen));
            _keeping = _seat is null ? Task.CompletedTask : Task.Run(KeepAsync);
        }
        catch
        {
            _link.Dispose();
            _keeper?.Dispose();
            _seat?.Dispose();
            throw;
        }
    }

    public override Stream Output { get; }

    public override Stream? Input { get; }

    public override string? Writer { get; }

    /// <summary>Opens one.</summary>
    /// <exception cref="ZoneStateException">The zone is not installed.</exception>
    public static ConnectedConsole Open(HostContext context, Lifecycle lifecycle, string zone, ConsoleOptions options)
    {
        HostContext.RequireRoot();
        ZoneRow row = context.Row(zone);
        ZoneState state = row.ZoneState;
        Course course = StateTable.For(Verb.Halt, state);
        return course.Kind == CourseKind.Refuse
            ? throw new ZoneStateException($"{zone}: {course.Reason}", state) { Zone = zone, Operation = "console" }
            : new(context, lifecycle, row, options);
    }

    public override void Resize(int columns, int rows) => _link.Resize(columns, rows);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _left, true))
        {
            return;
        }

        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_following, _keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Output.DisposeAsync().ConfigureAwait(false);
        _link.Dispose();
        _seat?.Dispose();
        if (_keeper is not null)
        {
            _context.Zoned.Return(_keeper);
        }

        _end.Dispose();
    }

    /// <summary>Takes in what happens to the zone, in order, until it is deleted. While that cannot be read it is tried again, and told once.</summary>
    private async Task FollowAsync(long after)
    {
        bool told = false;
        while (true)
        {
            try
            {
                await foreach (ZoneEvent e in _context.Catalogue.Watch(after, follow: true, _end.Token).ConfigureAwait(false))
                {
                    (after, told) = (e.Cursor, false);
                    if (e.Zone == _zone && e.Kind == "deleted")
                    {
                        Tell("deleted");
                        await Output.DisposeAsync().ConfigureAwait(false);
                        return;
                    }

                    if (e.Zone == _zone)
                    {
                        TakeIn(e);
                    }
                }
            }
            catch (ZoneException e)
            {
                if (!told)
                {
                    Tell($"what happens to it cannot be read: {e.Message}");
                    told = true;
                }

                await Task.Delay(Interval, _end.Token).ConfigureAwait(false);
            }
        }
    }

    private void TakeIn(ZoneEvent e)
    {
        switch (e.To)
        {
            case ZoneState.Running when e.From is not ZoneState.ShuttingDown:
                Tell("running");
                if (_seat is not null)
                {
                    Attach();
                }

                break;
            case ZoneState.ShuttingDown:
                Tell("shutting down");
                break;
            case ZoneState.Installed when e.From is ZoneState.Down or ZoneState.Ready:
                lock (_attaching)
                {
                    _link.Take(null);
                }

                Tell("halted");
                break;
        }
    }

    /// <summary>A keeper that was killed is replaced, and takes over what it should have, as soon as somebody asks for it: that is who sits here.</summary>
    private async Task KeepAsync()
    {
        while (true)
        {
            await Task.Delay(Interval, _end.Token).ConfigureAwait(false);
            try
            {
                if (!IsOrphaned() || WasUpgraded())
                {
                    continue;
                }

                _context.Zoned.Return(await _lifecycle.KeeperAsync(_end.Token).ConfigureAwait(false));
                Attach(again: true);
                Tell("zoned was killed; its successor has the console again");
            }
            catch (ZoneException e)
            {
                Tell($"zoned was killed: {e.Message}");
            }
        }
    }

    /// <summary>Whether the keeper that had the console is gone.</summary>
    private bool IsOrphaned()
    {
        lock (_attaching)
        {
            return _link.Held is not null && _keeper is not { IsAlive: true };
        }
    }

    /// <summary>A keeper that has become another build has all that it had before, but for our connection.</summary>
    private bool WasUpgraded()
    {
        KeeperConnection? running = _context.Zoned.KeeperIfRunning();
        lock (_attaching)
        {
            if (running is null || running.BuildId == _keeper?.BuildId)
            {
                running?.Dispose();
                return false;
            }

            _keeper?.Dispose();
            _keeper = running;
            return true;
        }
    }

    private void Attach(bool again = false)
    {
        lock (_attaching)
        {
            try
            {
                IReadOnlyList<SafeFd>? held = _server.Find(_zone, again ? _link.Held : null);
                _link.Take(held);
                if (held is null)
                {
                    Tell("it was booted without a console: what is typed is lost until it is booted again");
                    return;
                }

                if (_keeper is not { IsAlive: true })
                {
                    _keeper?.Dispose();
                    _keeper = _context.Zoned.Keeper();
                }
            }
            catch (ZoneException e)
            {
                Tell($"the console cannot be attached: {e.Message}");
            }
        }
    }

    private void Tell(string what) => _options.Notices?.Report(what);
}
