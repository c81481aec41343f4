using System.Globalization;
using Zones.Catalogue;
using Zones.Hosting;
using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>DESIGN's table of states, which is zoneadm(8)'s, cell by cell: what the table says, and what a real zone does.</summary>
public class StateTableTests
{
    private const string Again = "is incomplete: an install or uninstall was interrupted, or somebody marked it so";
    private const string Missing = "something that it needs is not there";

    /// <summary>What is in a cell: <c>= </c> nothing to do, <c>! why</c> refused, <c>: state</c> done, <c>^ state</c> halted first, then done.</summary>
    private static readonly Dictionary<Verb, string[]> Table = new()
    {
        //                  configured         incomplete    installed                  unavailable   ready                      running          shutting_down    down
        [Verb.Install] = [": installed", "! " + Again, "! already installed", "! already installed", "! already installed", "! already installed", "! already installed", "! already installed"],
        [Verb.Uninstall] = ["! not installed", ": configured", ": configured", ": configured", "! halt it first", "! halt it first", "! halt it first", "! halt it first"],
        [Verb.Ready] = ["! not installed", "! " + Again, ": ready", "! " + Missing, "=", "^ ready", "^ ready", "^ ready"],
        [Verb.Boot] = ["! not installed", "! " + Again, ": running", "! " + Missing, ": running", "=", "=", "="],
        [Verb.Halt] = ["! not installed", "! " + Again, "=", "! " + Missing, ": installed", ": installed", ": installed", ": installed"],
        [Verb.Reboot] = ["! not installed", "! " + Again, "! not running; boot it", "! " + Missing, "! not running; boot it", "^ running", "^ running", "^ running"],
        [Verb.Shutdown] = ["! not installed", "! " + Again, "=", "! " + Missing, "^ installed", ": installed", ": installed", "^ installed"],
        [Verb.Delete] = [": gone", "! only a configured zone", "! only a configured zone", "! only a configured zone", "! only a configured zone", "! only a configured zone", "! only a configured zone", "! only a configured zone"],
        [Verb.Clone] = [": installed", "! " + Again, "! already installed", "! already installed", "! already installed", "! already installed", "! already installed", "! already installed"],
        [Verb.Move] = ["! not installed", "! " + Again, ": installed", "! " + Missing, "! halt it first", "! halt it first", "! halt it first", "! halt it first"],
        [Verb.Detach] = ["! not installed", "! " + Again, ": configured", "! " + Missing, "! halt it first", "! halt it first", "! halt it first", "! halt it first"],
        [Verb.Attach] = [": installed", "! " + Again, "! already installed", ": installed", "! already installed", "! already installed", "! already installed", "! already installed"],
        [Verb.MarkIncomplete] = ["! not installed", "! " + Again, ": incomplete", ": incomplete", "! halt it first", "! halt it first", "! halt it first", "! halt it first"],
        [Verb.MarkUnavailable] = ["! not installed", "! " + Again, ": unavailable", "=", "! halt it first", "! halt it first", "! halt it first", "! halt it first"],
        [Verb.MarkInstalled] = ["! not installed", "! " + Again, "=", ": installed", "! halt it first", "! halt it first", "! halt it first", "! halt it first"],
        [Verb.Exec] = ["! not running", "! not running", "! not running", "! not running", "! not running", ": running", ": shutting_down", "! not running"],
        [Verb.Copy] = ["! not installed", "! " + Again, ": installed", "! " + Missing, "! halt it, or boot it, first", ": running", ": shutting_down", "! halt it, or boot it, first"],
        [Verb.Update] = [": configured", "! " + Again, ": installed", ": unavailable", ": ready", ": running", ": shutting_down", ": down"],
    };

    /// <summary>A zone that others are cloned from.</summary>
    private const string Source = "source";

    private static readonly ZoneState[] Columns =
        [ZoneState.Configured, ZoneState.Incomplete, ZoneState.Installed, ZoneState.Unavailable, ZoneState.Ready, ZoneState.Running, ZoneState.ShuttingDown, ZoneState.Down];

    public static TheoryData<string, string, string> Cells => new(
        from verb in Enum.GetValues<Verb>()
        from column in Enumerable.Range(0, Columns.Length)
        select (verb.ToString(), Columns[column].Text(), Table[verb][column]));

    [Theory]
    [MemberData(nameof(Cells))]
    public void The_table_says(string verb, string state, string cell)
    {
        Course course = StateTable.For(Enum.Parse<Verb>(verb), Parse(state));
        CourseKind kind = cell[0] switch { '=' => CourseKind.Nothing, '!' => CourseKind.Refuse, ':' => CourseKind.Proceed, _ => CourseKind.HaltFirst };
        Assert.Equal(kind, course.Kind);
        Assert.Equal(kind == CourseKind.Refuse, course.Reason is not null);
        if (course.Reason is { } reason)
        {
            Assert.StartsWith(cell[2..], reason, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> Verbs => [.. Enum.GetNames<Verb>()];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task A_zone_does(string verb)
    {
        // One host for a row of the table: zoned and its end are what takes the time.
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec(Source));
        for (int column = 0; column < Columns.Length; column++)
        {
            await CellAsync(test, Enum.Parse<Verb>(verb), Columns[column], Table[Enum.Parse<Verb>(verb)][column]);
        }
    }

    private static async Task CellAsync(TestHost test, Verb verb, ZoneState state, string cell)
    {
        Zone zone = await test.Host.CreateAsync(Spec(state.Text()));
        await BringToAsync(test, zone, state);
        if (verb == Verb.Attach && state == ZoneState.Configured)
        {
            // What there is to attach.
            await zone.InstallAsync();
            await zone.DetachAsync();
        }

        ZoneInfo before = await zone.InfoAsync();
        Assert.Equal(state, before.State);
        string held = await TraceAsync(test, zone);

        Exception? error = await Record.ExceptionAsync(() => DoAsync(test, verb, zone));
        if (cell[0] == '!')
        {
            ZoneStateException refused = Assert.IsType<ZoneStateException>(error);
            Assert.StartsWith($"{zone.Name}: {cell[2..]}", refused.Message, StringComparison.Ordinal);
            Assert.Equal((zone.Name, StateTable.NameOf(verb), state), (refused.Zone, refused.Operation, refused.State));
        }
        else
        {
            Assert.True(error is null, $"{verb} in {state}: {error}");
        }

        if (cell[0] is '!' or '=' || verb is Verb.Exec or Verb.Copy)
        {
            Assert.Equal(before, await zone.InfoAsync());
            Assert.Equal(held, await TraceAsync(test, zone));
        }
        else if (verb == Verb.Update)
        {
            ZoneInfo changed = await zone.InfoAsync();
            Assert.Equal((cell[2..], "x", before.Pid), (changed.State.Text(), changed.Spec.Hostname, changed.Pid));
        }
        else if (cell == ": gone")
        {
            await Assert.ThrowsAsync<ZoneNotFoundException>(() => zone.InfoAsync());
        }
        else
        {
            ZoneInfo after = await zone.InfoAsync();
            Assert.Equal((state, cell[2..]), (state, after.State.Text()));
            Assert.Equal(verb == Verb.Boot && state == ZoneState.Ready, before.Id is not null && before.Id == after.Id);
            Assert.Equal(after.State == ZoneState.Running, after.Pid is { } pid && File.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")));
            Assert.Equal(after.State == ZoneState.Configured && verb != Verb.Detach, !Directory.Exists(after.Zonepath));
        }
    }

    [Fact]
    public async Task No_verb_knows_a_zone_that_is_not_there()
    {
        await using TestHost test = new();
        foreach (string name in (string[])["nobody", "../../etc/passwd", "a\0b", "a\nb", " ", new string('x', 5000), ".recovery"])
        {
            Zone zone = new(test.Host, name);
            foreach (Verb verb in Enum.GetValues<Verb>().Where(verb => verb != Verb.Clone))
            {
                Assert.Equal(name, (await Assert.ThrowsAsync<ZoneNotFoundException>(() => DoAsync(test, verb, zone))).Zone);
            }

            await Assert.ThrowsAsync<ZoneNotFoundException>(() => zone.StatAsync());
            await Assert.ThrowsAsync<ZoneNotFoundException>(async () => await zone.LogsAsync().GetAsyncEnumerator().MoveNextAsync());
        }

        Assert.Empty(Directory.GetFileSystemEntries(test.State));
    }

    [Fact]
    public async Task A_zone_that_is_forced_is_deleted_from_every_state()
    {
        await using TestHost test = new();
        foreach (ZoneState state in Columns)
        {
            Zone zone = await test.Host.CreateAsync(Spec("z1"));
            await BringToAsync(test, zone, state);
            await zone.DeleteAsync(force: true);
            await Assert.ThrowsAsync<ZoneNotFoundException>(() => zone.InfoAsync());
            Assert.False(Directory.Exists(Path.Combine(test.State, "zones", "z1")));
        }
    }

    /// <summary>A shell that does not end when it is asked to, so that shutting down takes as long as a test needs.</summary>
    private static ZoneSpec Spec(string name) => TestHost.Spec(name) with { Init = ["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"] };

    private static async Task BringToAsync(TestHost test, Zone zone, ZoneState state)
    {
        if (state == ZoneState.Incomplete)
        {
            // As an install leaves it that was killed half-way.
            Edit(test, catalogue => catalogue.BeginInstall(zone.Name, null));
            Directory.CreateDirectory(Path.Combine(test.State, "zones", zone.Name, "root", "etc"));
            return;
        }

        if (state != ZoneState.Configured)
        {
            await zone.InstallAsync();
        }

        switch (state)
        {
            case ZoneState.Unavailable:
                await zone.MarkAsync(state);
                break;
            case ZoneState.Ready:
                await zone.ReadyAsync();
                break;
            case ZoneState.Running:
                await zone.BootAsync();
                break;
            case ZoneState.ShuttingDown:
                await zone.BootAsync();
                await foreach (string _ in zone.LogsAsync(new() { Follow = true }))
                {
                    break; // it said that it is deaf
                }

                using (CancellationTokenSource enough = new(TimeSpan.FromMilliseconds(100)))
                {
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => zone.ShutdownAsync(cancellationToken: enough.Token));
                }

                break;
            case ZoneState.Down:
                await zone.BootAsync();
                Edit(test, catalogue => catalogue.SetState(zone.Name, ZoneState.Running, state, Durability.Normal));
                break;
        }
    }

    private static void Edit(TestHost test, Action<ZoneCatalogue> edit)
    {
        using Store store = new(test.State);
        edit(new(store, new()));
    }

    private static Task DoAsync(TestHost test, Verb verb, Zone zone) => verb switch
    {
        Verb.Install => zone.InstallAsync(),
        Verb.Uninstall => zone.UninstallAsync(),
        Verb.Ready => zone.ReadyAsync(),
        Verb.Boot => zone.BootAsync(),
        Verb.Halt => zone.HaltAsync(),
        Verb.Reboot => zone.RebootAsync(),
        Verb.Shutdown => zone.ShutdownAsync(timeout: TimeSpan.FromMilliseconds(200)),
        Verb.Delete => zone.DeleteAsync(),
        Verb.Clone => test.Host.CloneAsync(zone.Name, Source),
        Verb.Move => zone.MoveAsync(Path.Combine(test.State, "moved", zone.Name)),
        Verb.Detach => zone.DetachAsync(),
        Verb.Attach => zone.AttachAsync(),
        Verb.MarkIncomplete => zone.MarkAsync(ZoneState.Incomplete),
        Verb.MarkUnavailable => zone.MarkAsync(ZoneState.Unavailable),
        Verb.MarkInstalled => zone.MarkAsync(ZoneState.Installed),
        Verb.Update => zone.UpdateAsync(spec => spec with { Hostname = "x" }),
        Verb.Copy => zone.CopyOutAsync("/etc/passwd", Path.Combine(test.State, Guid.NewGuid().ToString())),
        _ => zone.ExecAsync(["true"]),
    };

    /// <summary>All that a refused verb must leave as it was: events, ledger, files.</summary>
    private static async Task<string> TraceAsync(TestHost test, Zone zone)
    {
        List<string> trace = [];
        await foreach (ZoneEvent e in test.Host.WatchAsync(0, follow: false))
        {
            trace.Add(e.Zone == zone.Name ? e.ToString() : "");
        }

        Edit(test, catalogue => trace.AddRange(catalogue.Ledger(zone.Name).Select(row => row.ToString())));
        trace.AddRange(FileTree.Of(Path.Combine(test.State, "zones", zone.Name)));
        return string.Join('\n', trace);
    }

    private static ZoneState Parse(string text) => ZoneStateText.TryParse(text, out ZoneState state) ? state : throw new ArgumentException(text);
}
