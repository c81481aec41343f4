using System.Text;
using Microsoft.Data.Sqlite;
using Zones.Catalogue;
using Zones.Tests.Support;
using Zones.Wire;

namespace Zones.Tests.Catalogue;

/// <summary>The file under the catalogue, in every condition in which it may be found.</summary>
public class StoreTests
{
    [Fact]
    public void Reading_makes_nothing()
    {
        string state = Path.Combine(Path.GetTempPath(), "zones-none-" + Guid.NewGuid().ToString("N"));
        using Store store = new(state);
        ZoneCatalogue catalogue = new(store, new());
        Assert.Empty(catalogue.List());
        Assert.Empty(catalogue.Events(0));
        Assert.Null(catalogue.Find("z1"));
        Assert.Null(catalogue.Meta("state-id"));
        Assert.False(Directory.Exists(state));
    }

    [Fact]
    public void A_fresh_catalogue_is_private_and_of_the_current_version()
    {
        string state = Path.Combine(Path.GetTempPath(), "zones-fresh-" + Guid.NewGuid().ToString("N"));
        try
        {
            using Store store = new(state);
            CatalogueFixture.Create(new ZoneCatalogue(store, new()), "z1");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(state));
            Assert.Equal((long)Migrations.Current, Scalar(store.FilePath, "PRAGMA user_version"));
            Assert.Equal("wal", Scalar(store.FilePath, "PRAGMA journal_mode"));
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    [Fact]
    public void An_empty_database_is_brought_to_the_current_version()
    {
        using CatalogueFixture fixture = new();
        Scalar(fixture.FilePath, "CREATE TABLE scratch (x); DROP TABLE scratch; SELECT 1");
        Assert.Equal(0L, Scalar(fixture.FilePath, "PRAGMA user_version"));
        CatalogueFixture.Create(fixture.Open(), "z1");
        Assert.Equal((long)Migrations.Current, Scalar(fixture.FilePath, "PRAGMA user_version"));
        Assert.Equal("z1", Assert.Single(fixture.Open().List()).Name);
    }

    [Fact]
    public void The_first_released_version_is_brought_to_the_current_one_with_what_is_in_it()
    {
        using CatalogueFixture fixture = new();
        CatalogueFixture.Create(fixture.Open(), "z1");
        Scalar(fixture.FilePath, """
            DROP TABLE pool; DROP TABLE pool_subnet; DROP TABLE reservation; DROP TABLE address; DROP TABLE mac; DROP TABLE rule; DROP TABLE redirect;
            DROP INDEX ledger_bridge; DROP INDEX ledger_hosts; DROP INDEX ledger_firewall; DROP INDEX ledger_mac;
            ALTER TABLE zone DROP COLUMN missing; ALTER TABLE zone DROP COLUMN running_spec; ALTER TABLE zone DROP COLUMN changing; ALTER TABLE zone DROP COLUMN apply_set; ALTER TABLE zone DROP COLUMN next_boot; PRAGMA user_version=1; SELECT 1
            """);
        fixture.Open().Delete("z1");
        Assert.Empty(fixture.Open().List());
        Assert.Equal((long)Migrations.Current, Scalar(fixture.FilePath, "PRAGMA user_version"));
    }

    [Fact]
    public async Task Many_that_come_first_at_once_make_one_catalogue()
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue[] catalogues = [.. Enumerable.Range(0, 8).Select(_ => fixture.Open())];
        await Task.WhenAll(catalogues.Select((catalogue, i) => Task.Run(() => CatalogueFixture.Create(catalogue, $"z{i}"))));
        Assert.Equal(8, catalogues[0].List().Count);
        Assert.Single(catalogues.Select(catalogue => catalogue.Meta("state-id")).Distinct());
    }

    [Fact]
    public void A_newer_version_is_refused_and_left_alone()
    {
        using CatalogueFixture fixture = new();
        CatalogueFixture.Create(fixture.Open(), "z1");
        Scalar(fixture.FilePath, "PRAGMA user_version=99");
        foreach (Action use in (Action[])[() => fixture.Open().List(), () => CatalogueFixture.Create(fixture.Open(), "z2")])
        {
            ZoneException error = Assert.Throws<ZoneException>(use);
            Assert.Equal($"{fixture.FilePath}: was made by a newer version of zones (catalogue version 99, this program knows {Migrations.Current}); use that version", error.Message);
            Assert.Equal((fixture.FilePath, false), (error.Path, error.IsTransient));
        }

        Assert.Equal(1L, Scalar(fixture.FilePath, "SELECT count(*) FROM zone"));
        Scalar(fixture.FilePath, $"PRAGMA user_version={Migrations.Current}");
        Assert.Single(fixture.Open().List());
    }

    [Fact]
    public void What_is_no_database_is_refused_and_left_alone()
    {
        using CatalogueFixture fixture = new();
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("this is a text and no database\n", 200)));
        File.WriteAllBytes(fixture.FilePath, text);
        Damaged(fixture, () => fixture.Open().List());
        Damaged(fixture, () => CatalogueFixture.Create(fixture.Open(), "z1"));
        Assert.Equal(text, File.ReadAllBytes(fixture.FilePath));
    }

    [Theory]
    [InlineData(100, 4000)]
    [InlineData(4096, 40_000)]
    public void A_damaged_catalogue_is_refused(int from, int length)
    {
        using CatalogueFixture fixture = new();
        ZoneCatalogue catalogue = fixture.Open();
        for (int i = 0; i < 100; i++)
        {
            CatalogueFixture.Create(catalogue, $"z{i}");
        }

        Scalar(fixture.FilePath, "PRAGMA wal_checkpoint(TRUNCATE)");
        using (FileStream file = File.OpenWrite(fixture.FilePath))
        {
            file.Position = from;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)Math.Min(length, file.Length - from)).ToArray());
        }

        Damaged(fixture, () => fixture.Open().List());
        Damaged(fixture, () => CatalogueFixture.Create(fixture.Open(), "new"));
    }

    [Fact]
    public void A_directory_in_the_place_of_the_catalogue_is_refused()
    {
        using CatalogueFixture fixture = new();
        Directory.CreateDirectory(fixture.FilePath);
        ZoneException error = Assert.Throws<ZoneException>(() => CatalogueFixture.Create(fixture.Open(), "z1"));
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
        Assert.Equal(fixture.FilePath, error.Path);
    }

    [Fact]
    public void A_file_in_the_place_of_the_state_directory_is_refused()
    {
        using CatalogueFixture fixture = new();
        string state = Path.Combine(fixture.State, "file");
        File.WriteAllText(state, "");
        using Store store = new(state);
        ZoneException error = Assert.Throws<ZoneException>(() => CatalogueFixture.Create(new(store, new()), "z1"));
        Assert.StartsWith($"{state}: cannot make the state directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_state_directory_is_told_and_nothing_is_lost()
    {
        using TemporaryMount mount = new();
        string state = Path.Combine(mount.Path, "state");
        await using IZoneHost first = ZoneHost.Open(new() { StateDirectory = state });
        await first.CreateAsync(TestHost.Spec("z1"));
        await first.DisposeAsync();
        mount.MakeReadOnly();
        await using (IZoneHost host = ZoneHost.Open(new() { StateDirectory = state }))
        {
            ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => host.CreateAsync(TestHost.Spec("z2")));
            Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
            Assert.Equal((Path.Combine(state, "zones.db"), Linux.EROFS), (error.Path, error.Errno));
            await Assert.ThrowsAnyAsync<ZoneException>(() => host.InstallAsync("z1"));
        }

        await using (IZoneHost host = ZoneHost.Open(new() { StateDirectory = Path.Combine(mount.Path, "other") }))
        {
            Assert.Empty(await host.ListAsync());
            ZoneException error = await Assert.ThrowsAsync<ZoneException>(() => host.CreateAsync(TestHost.Spec("z2")));
            Assert.Contains("cannot make the state directory", error.Message, StringComparison.Ordinal);
        }

        mount.MakeWritable();
        await using IZoneHost again = ZoneHost.Open(new() { StateDirectory = state });
        Assert.Equal("z1", Assert.Single(await again.ListAsync()).Name);
    }

    [Fact]
    public async Task A_lock_on_a_read_only_file_system_is_told()
    {
        using TemporaryMount mount = new();
        Directory.CreateDirectory(Path.Combine(mount.Path, "a"));
        Directory.CreateDirectory(Path.Combine(mount.Path, "b", "lock"));
        mount.MakeReadOnly();
        ZoneException error = await Assert.ThrowsAsync<ZoneException>(() => ZoneLock.AcquireAsync(Path.Combine(mount.Path, "a"), "z1", CancellationToken.None));
        Assert.Equal((Path.Combine(mount.Path, "a", "lock"), Linux.EROFS), (error.Path, error.Errno));
        error = await Assert.ThrowsAsync<ZoneException>(() => ZoneLock.AcquireAsync(Path.Combine(mount.Path, "b"), "z1", CancellationToken.None));
        Assert.Equal((Path.Combine(mount.Path, "b", "lock", "z1"), Linux.EROFS), (error.Path, error.Errno));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_nothing_is_lost()
    {
        using TemporaryMount mount = new("2m");
        await using IZoneHost host = ZoneHost.Open(new() { StateDirectory = mount.Path });
        await host.CreateAsync(TestHost.Spec("z1"));
        string ballast = mount.Fill();
        ZoneException? error = null;
        int made = 1;
        for (; error is null && made < 1000; made++)
        {
            // What room the write-ahead log has already is used up first.
            error = await Record.ExceptionAsync(() => host.CreateAsync(TestHost.Spec($"z{made + 1}"))) as ZoneException;
        }

        Assert.NotNull(error);
        Assert.Equal(Linux.ENOSPC, error.Errno);
        Assert.Contains("the file system is full; make room and try again", error.Message, StringComparison.Ordinal);
        Assert.Equal(made - 1, (await host.ListAsync()).Count);
        File.Delete(ballast);
        await host.CreateAsync(TestHost.Spec("after"));
        Assert.Equal(made, (await host.ListAsync()).Count);
    }

    [Fact]
    public async Task An_install_on_a_full_disk_leaves_nothing()
    {
        using TemporaryMount mount = new("8m");
        await using TestHost test = new();
        string zonepath = Path.Combine(mount.Path, "z1");
        Zone zone = await test.Host.CreateAsync(TestHost.Spec() with { Zonepath = zonepath });
        string ballast = mount.Fill();
        ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.InstallAsync());
        Assert.Equal((Linux.ENOSPC, ZoneState.Configured), (error.Errno, (await zone.InfoAsync()).State));
        Assert.Contains("make room", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(zonepath));
        using (FileStream file = File.OpenWrite(ballast))
        {
            file.SetLength(file.Length - (32 << 10));
        }

        error = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.InstallAsync());
        Assert.Equal((Linux.ENOSPC, ZoneState.Configured), (error.Errno, (await zone.InfoAsync()).State));
        Assert.False(Directory.Exists(zonepath));
        File.Delete(ballast);
        await zone.InstallAsync();
        await zone.UninstallAsync();
        Assert.Empty(Directory.GetFileSystemEntries(mount.Path));
    }

    [Theory]
    [InlineData(0x6969, true)] // NFS
    [InlineData(0xFF534D42, true)] // CIFS
    [InlineData(0xFE534D42, true)] // SMB 2
    [InlineData(0x01021997, true)] // 9p
    [InlineData(0x00C36400, true)] // Ceph
    [InlineData(0x5346414F, true)] // AFS
    [InlineData(0x0BD00BD0, true)] // Lustre
    [InlineData(0xEF53, false)] // ext4
    [InlineData(0x58465342, false)] // XFS
    [InlineData(0x9123683E, false)] // btrfs
    [InlineData(0x01021994, false)] // tmpfs
    [InlineData(0x794C7630, false)] // overlay
    public void Network_file_systems_are_known_by_their_number(long magic, bool network) => Assert.Equal(network, NetworkFileSystem.IsOne(magic));

    private static void Damaged(CatalogueFixture fixture, Action use)
    {
        ZoneException error = Assert.Throws<ZoneException>(use);
        Assert.StartsWith($"{fixture.FilePath}: it is damaged or no catalogue of zones; put back a copy, or move it away to begin anew", error.Message, StringComparison.Ordinal);
        Assert.Equal((fixture.FilePath, false), (error.Path, error.IsTransient));
    }

    private static object? Scalar(string file, string sql)
    {
        using SqliteConnection connection = new($"Data Source={file};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
