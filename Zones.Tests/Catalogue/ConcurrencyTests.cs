using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;
using Zones.Roots;
using Zones.Tests.Support;

namespace Zones.Tests.Catalogue;

/// <summary>Several tasks, hosts and processes on one catalogue.</summary>
public class ConcurrencyTests
{
    [Fact]
    public async Task No_update_is_lost_between_tasks_and_processes()
    {
        await using TestHost test = new();
        await using IZoneHost other = test.Open();
        const int each = 25;
        Task[] inside = [.. ((IZoneHost[])[test.Host, other]).SelectMany((host, h) => Enumerable.Range(0, each).Select(i => Task.Run(() => host.CreateAsync(TestHost.Spec($"t{h}-{i}")))))];
        Task[] outside = [.. Enumerable.Range(0, 3).Select(p => Task.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                Assert.Empty(await new ZoneCli(test.State).OkAsync("create", $"p{p}-{i}", "--root", "host"));
            }
        }))];
        await Task.WhenAll([.. inside, .. outside]);
        IReadOnlyList<ZoneInfo> zones = await test.Host.ListAsync();
        Assert.Equal((2 * each) + 15, zones.Count);
        Assert.Equal(zones.Count, zones.Select(zone => zone.Uuid).Distinct().Count());
        Assert.Equal(zones.Select(zone => zone.Name).Order(StringComparer.Ordinal), zones.Select(zone => zone.Name));
    }

    [Fact]
    public async Task Of_many_that_create_the_same_zone_one_succeeds()
    {
        await using TestHost test = new();
        await using IZoneHost other = test.Open();
        Exception?[] outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () => await Record.ExceptionAsync(() => (i % 2 == 0 ? test.Host : other).CreateAsync(TestHost.Spec())))));
        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(outcomes.OfType<Exception>(), e =>
        {
            Assert.Equal("z1: a zone of that name exists; choose another name or delete it first", e.Message);
            Assert.Equal("z1", Assert.IsType<ZoneException>(e).Zone);
        });
    }

    [Fact]
    public async Task An_id_range_is_never_given_twice()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue[] catalogues = [.. Enumerable.Range(0, 4).Select(_ => fixture.Open())];
        const int zones = 60;
        for (int i = 0; i < zones; i++)
        {
            CatalogueFixture.Create(catalogues[0], $"z{i}");
        }

        uint[] bases = await Task.WhenAll(Enumerable.Range(0, zones).Select(i => Task.Run(() =>
        {
            ZoneCatalogue catalogue = catalogues[i % catalogues.Length];
            if (i % 3 == 0)
            {
                catalogue.BeginInstall($"z{i}", null);
                catalogue.EndUninstall($"z{i}");
            }

            return catalogue.BeginInstall($"z{i}", null);
        })));
        Assert.Equal(zones, bases.Distinct().Count());
        Assert.All(bases, first => Assert.Equal(0u, first % 65_536));
        Assert.Equal(bases.Order(), catalogues[0].List().Select(row => (uint)row.IdBase!.Value).Order());
    }

    [Fact]
    public void A_catalogue_that_another_process_holds_for_long_is_an_error_to_try_again_after()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        CatalogueFixture.Create(catalogue, "a");
        using SqliteConnection holder = new($"Data Source={fixture.FilePath};Pooling=false");
        holder.Open();
        using SqliteCommand command = holder.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        ZoneException error = Assert.Throws<ZoneException>(() => CatalogueFixture.Create(catalogue, "b"));
        Assert.True(error.IsTransient);
        Assert.Contains("another process holds it for more than 5 s; try again", error.Message, StringComparison.Ordinal);
        Assert.Single(catalogue.List());
        command.CommandText = "ROLLBACK";
        command.ExecuteNonQuery();
        CatalogueFixture.Create(catalogue, "b");
    }

    [Fact]
    public void A_wanted_id_range_is_had_or_its_holder_named()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        CatalogueFixture.Create(catalogue, "a");
        CatalogueFixture.Create(catalogue, "b");
        CatalogueFixture.Create(catalogue, "c");
        uint first = catalogue.BeginInstall("a", null);
        Assert.Equal(first + (5 * 65_536), catalogue.BeginInstall("b", first + (5 * 65_536)));
        ZoneException error = Assert.Throws<ZoneException>(() => catalogue.BeginInstall("c", first));
        Assert.Contains($"security.id-base: {first} is the id range of a; choose another", error.Message, StringComparison.Ordinal);
        Assert.Equal(("c", ZoneState.Configured), (error.Zone, catalogue.Find("c")!.ZoneState));
        catalogue.EndUninstall("a");
        Assert.Equal(first, catalogue.BeginInstall("c", first));
    }

    [Fact]
    public void A_window_is_one_range_of_many_zones_and_free_with_the_last()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        foreach (string name in (string[])["a", "b", "c", "d"])
        {
            CatalogueFixture.Create(catalogue, name);
        }

        uint lowest = catalogue.BeginInstall("c", null);
        catalogue.EndUninstall("c");
        IdWindow window = new("nfs://server:2049/export", lowest);
        Assert.Equal(lowest, catalogue.BeginInstall("a", null, window));
        Assert.Equal(lowest, catalogue.BeginInstall("b", lowest, window));

        // Nobody else's: not allotted, not given to who asks, not to the zones of another mount.
        Assert.Equal(lowest + 65_536, catalogue.BeginInstall("c", null));
        ZoneException asked = Assert.Throws<ZoneException>(() => catalogue.BeginInstall("d", lowest));
        Assert.Contains($"security.id-base: {lowest} is the id range of nfs://server:2049/export", asked.Message, StringComparison.Ordinal);
        ZoneException other = Assert.Throws<ZoneException>(() => catalogue.BeginInstall("d", null, window with { Holder = "nfs://server:2049/other" }));
        Assert.Contains($"root.source: nfs://server:2049/other: its ids are shifted to {lowest} to {lowest + 65_535}, the id range of nfs://server:2049/export", other.Message, StringComparison.Ordinal);

        // Nor does a window take the range of a zone.
        ZoneException taken = Assert.Throws<ZoneException>(() => catalogue.BeginInstall("d", null, window with { First = lowest + 65_536 }));
        Assert.Contains("the id range of c;", taken.Message, StringComparison.Ordinal);
        Assert.Equal(ZoneState.Configured, catalogue.Find("d")!.ZoneState);

        catalogue.EndUninstall("a");
        Assert.Throws<ZoneException>(() => catalogue.BeginInstall("d", lowest));
        Assert.Equal(lowest, catalogue.BeginInstall("a", null, window));
        catalogue.EndUninstall("a");
        catalogue.EndUninstall("b");
        Assert.Equal(lowest, catalogue.BeginInstall("d", null));

        // What users may have is taken only when the spec names it too.
        IdWindow low = window with { First = 65_536 };
        ZoneException users = Assert.Throws<ZoneException>(() => catalogue.BeginInstall("a", null, low));
        Assert.Contains("may be those of users of this host", users.Message, StringComparison.Ordinal);
        Assert.Equal(65_536u, catalogue.BeginInstall("a", 65_536, low));
    }

    [Fact]
    public void A_zone_that_changed_meanwhile_is_not_moved()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        CatalogueFixture.Create(catalogue, "a");
        ZoneException error = Assert.Throws<ZoneException>(() => catalogue.SetState("a", ZoneState.Installed, ZoneState.Ready, Durability.Normal));
        Assert.Contains("is not installed any more", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        Assert.Equal((ZoneState.Configured, 1), (catalogue.Find("a")!.ZoneState, catalogue.Events(0).Count));
    }

    [Fact]
    public void A_change_that_fails_leaves_no_part_of_itself()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        CatalogueFixture.Create(catalogue, "a");
        Resource row = new("a", 0, "k", "n", "d");
        Assert.Throws<InvalidTimeZoneException>(() => catalogue.Begin(number => number > 0 ? throw new InvalidTimeZoneException() : [row]));
        (long generation, List<Resource> rows) = catalogue.Begin(number => [row with { Generation = number }, row with { Generation = number, Name = "m" }]);
        Assert.Equal(1, generation);
        Assert.Equal(["n", "m"], catalogue.Ledger("a").Select(resource => resource.Name));
        Assert.All(catalogue.Ledger("a"), resource => Assert.False(resource.Held));
        Assert.Throws<ZoneException>(() => catalogue.Hold("a", generation, [(ZoneState.Installed, ZoneState.Running)], null));
        Assert.All(catalogue.Ledger("a"), resource => Assert.False(resource.Held));
        catalogue.Hold("a", generation, [], null);
        Assert.All(catalogue.Ledger("a"), resource => Assert.True(resource.Held));
        Assert.Throws<ZoneException>(() => catalogue.Release("a", rows, [(ZoneState.Running, ZoneState.Installed)], new(3)));
        Assert.Equal((2, null), (catalogue.Ledger("a").Count, catalogue.Find("a")!.ExitCode));
        catalogue.Release("a", [rows[1]], [], null);
        Assert.Equal("n", Assert.Single(catalogue.Ledger("a")).Name);
        Assert.Equal(2, catalogue.Begin(_ => []).Generation);
    }

    [Theory]
    [InlineData("/srv/a", "/srv/a")]
    [InlineData("/srv/a", "/srv/a/root/b")]
    [InlineData("/srv/a/b/c", "/srv/a")]
    public void A_zonepath_that_is_anothers_or_in_it_or_around_it_is_refused(string first, string second)
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        catalogue.Create("a", "zone: a\n", first);
        ZoneException error = Assert.Throws<ZoneException>(() => catalogue.Create("b", "zone: b\n", second));
        Assert.StartsWith($"zonepath: {second} ", error.Message, StringComparison.Ordinal);
        Assert.Contains("of a; choose another", error.Message, StringComparison.Ordinal);
        catalogue.Create("c", "zone: c\n", first + "-c");
        catalogue.Create("d", "zone: d\n", first + "0");
        Assert.Equal(3, catalogue.List().Count);
    }

    [Fact]
    public async Task A_lock_excludes_other_hosts_and_processes()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        ZoneLock held = await ZoneLock.AcquireAsync(test.State, "z1", CancellationToken.None);
        Task here = test.Host.InstallAsync("z1");
        using Process there = new ZoneCli(test.State).Start("delete", "-F", "z1");
        await Task.Delay(300);
        Assert.False(here.IsCompleted);
        Assert.False(there.HasExited);
        Assert.Equal(ZoneState.Configured, (await test.Host.InfoAsync("z1")).State);
        using (ZoneLock unrelated = await ZoneLock.AcquireAsync(test.State, "z2", CancellationToken.None))
        {
            unrelated.Remove();
        }

        held.Dispose();
        Exception? outcome = await Record.ExceptionAsync(() => here);
        Assert.True(outcome is null or ZoneNotFoundException, outcome?.ToString());
        await there.WaitForExitAsync();
        Assert.Equal((0, ""), (there.ExitCode, await there.StandardError.ReadToEndAsync()));
        Assert.Empty(await test.Host.ListAsync());
        Assert.False(Directory.Exists(Path.Combine(test.State, "zones", "z1")));
    }

    [Fact]
    public async Task Waiting_for_a_lock_can_be_cancelled()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        using ZoneLock held = await ZoneLock.AcquireAsync(test.State, "z1", CancellationToken.None);
        using CancellationTokenSource cancelled = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Host.InstallAsync("z1", cancelled.Token));
        Assert.Equal(ZoneState.Configured, (await test.Host.InfoAsync("z1")).State);
        held.Dispose();
        await test.Host.InstallAsync("z1");
    }

    [Fact]
    public async Task A_lock_goes_with_the_process_that_held_it()
    {
        using CatalogueFixture fixture = new();
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(fixture.State, "lock")).FullName, "z1");
        using Process holder = Process.Start(new ProcessStartInfo("flock", ["-o", file, "sh", "-c", "echo held; exec sleep 600"]) { RedirectStandardOutput = true })!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
        Task<ZoneLock> waiting = ZoneLock.AcquireAsync(fixture.State, "z1", CancellationToken.None);
        await Task.Delay(100);
        Assert.False(waiting.IsCompleted);
        holder.Kill(entireProcessTree: true);
        (await waiting).Dispose();
        await holder.WaitForExitAsync();
    }

    [Fact]
    public async Task Who_waits_for_a_lock_that_is_removed_gets_the_new_one()
    {
        using CatalogueFixture fixture = new();
        ZoneLock first = await ZoneLock.AcquireAsync(fixture.State, "z1", CancellationToken.None);
        Task<ZoneLock>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => ZoneLock.AcquireAsync(fixture.State, "z1", CancellationToken.None))];
        first.Remove();
        first.Dispose();
        List<Task<ZoneLock>> left = [.. waiting];
        while (left.Count > 0)
        {
            Task<ZoneLock> next = await Task.WhenAny(left);
            left.Remove(next);
            Assert.DoesNotContain(left, task => task.IsCompleted);
            (await next).Remove();
            (await next).Dispose();
        }
    }
}
