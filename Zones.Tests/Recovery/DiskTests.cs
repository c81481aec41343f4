using System.Diagnostics;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>A disk that is full or read-only, and a catalogue that somebody holds: a clear error, nothing half-made, and once there is
/// room again everything is as it should be.</summary>
public sealed class DiskTests
{
    [Fact]
    public async Task On_a_full_disk_verbs_fail_clearly_and_an_end_is_seen_to_when_there_is_room()
    {
        await using SmallDisk disk = await SmallDisk.MakeAsync();
        await using TestHost test = new(directory: disk.Path);
        Zone zone = await test.RunningAsync(Scenes.Script("while [ ! -e /dev/shm/end ]; do sleep 0.01; done; exit 7"));
        Zone other = await test.InstalledAsync(TestHost.Spec("other"));
        await other.BootAsync();
        await other.HaltAsync();
        int keeper = ZonedProcesses.Keeper(test.State);
        disk.Fill();

        // The catalogue may have some room of its own left in its log; fill that too.
        Exception? error = null;
        for (int i = 0; i < 400 && error is null; i++)
        {
            error = await Record.ExceptionAsync(() => other.BootAsync()) ?? await Record.ExceptionAsync(() => other.HaltAsync());
        }

        ZoneException failure = Assert.IsAssignableFrom<ZoneException>(error);
        Assert.Contains("full", failure.Message);
        string? stateId = LeakCheck.StateId(test.State);
        Assert.DoesNotContain(
            Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup").Select(root => $"{root}/zones/{stateId}/other/cgroup.procs"),
            file => File.Exists(file) && File.ReadAllText(file).Length > 0);
        await Assert.ThrowsAnyAsync<ZoneException>(() => test.Host.CreateAsync(TestHost.Spec("third")));

        // A zone that ends now: the keeper lives, and what could not be written is made good.
        await zone.ExecAsync(["touch", "/dev/shm/end"]);
        await Eventually.TrueAsync(() => ZonedProcesses.Children(keeper).Count <= 2, "waited in vain for the zone's end");
        await Task.Delay(300);
        Assert.True(ZonedProcesses.Lives(keeper), "the keeper died of a full disk");
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(test.State, "run")), file => file.Contains(".exit.", StringComparison.Ordinal));
        disk.MakeRoom();
        await zone.UntilStateAsync(ZoneState.Installed);
        await other.HaltAsync();
        await Scenes.AssertRightAsync(test, "other");
        await Scenes.AssertRightAsync(test, "z1");
        await other.BootAsync();
        await Scenes.AssertRightAsync(test, "other");
    }

    [Fact]
    public async Task On_a_read_only_disk_verbs_fail_clearly_and_nothing_is_started()
    {
        await using SmallDisk disk = await SmallDisk.MakeAsync();
        await using TestHost test = new(directory: disk.Path);
        await test.InstalledAsync(TestHost.Spec());
        await test.Host.DisposeAsync();
        await SmallDisk.RunAsync("mount", "-o", "remount,ro", disk.Path);
        await test.ReopenAsync();
        try
        {
            foreach (Func<Task> verb in (Func<Task>[])[() => test.Host.BootAsync("z1"), () => test.Host.ReadyAsync("z1"), () => test.Host.UninstallAsync("z1"), () => test.Host.CreateAsync(TestHost.Spec("z2"))])
            {
                ZoneException error = await Assert.ThrowsAnyAsync<ZoneException>(verb);
                Assert.True(error.Message.Contains("read-only", StringComparison.Ordinal) || error.Message.Contains("writable", StringComparison.Ordinal), error.Message);
            }

            Assert.Empty(ZonedProcesses.Keepers(test.State));
        }
        finally
        {
            await test.Host.DisposeAsync();
            await SmallDisk.RunAsync("mount", "-o", "remount,rw", disk.Path);
            await test.ReopenAsync();
        }

        Assert.Equal(ZoneState.Installed, (await test.Host.InfoAsync("z1")).State);
        await test.Host.BootAsync("z1");
        await Scenes.AssertRightAsync(test, "z1");
    }

    [Fact]
    public async Task A_catalogue_that_is_held_for_too_long_fails_a_boot_and_its_zone_is_gone()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await zone.HaltAsync();
        using (CatalogueFile.Lock(test.State))
        {
            ZoneException busy = await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync());
            Assert.True(busy.IsTransient);
            Assert.Contains("another process holds it", busy.Message);
            Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        }

        // Held from the middle of a boot on: the request waits in a stopped spawner until then.
        int spawner = await ZonedProcesses.SpawnerAsync(test.State);
        ZonedProcesses.Signal(spawner, ZonedProcesses.Stop);
        Task boot = zone.BootAsync();
        await Eventually.TrueAsync(() => CatalogueFile.Run(test.State, "SELECT kind FROM ledger").Count == 2, "waited in vain for the intents");
        using (CatalogueFile.Lock(test.State))
        {
            ZonedProcesses.Signal(spawner, ZonedProcesses.Continue);
            ZoneException busy = await Assert.ThrowsAnyAsync<ZoneException>(() => boot);
            Assert.True(busy.IsTransient);
            Assert.Empty(ZonedProcesses.ProcessOnes(ZonedProcesses.Keeper(test.State)));
        }

        await Eventually.TrueAsync(() => CatalogueFile.Run(test.State, "SELECT kind FROM ledger").Count == 0, "waited in vain for zoned's agent to see to it");
        await Scenes.AssertRightAsync(test, "z1");
        await zone.BootAsync();

        // A zone that ends while the catalogue is held is not forgotten either.
        using (CatalogueFile.Lock(test.State))
        {
            ZonedProcesses.Signal(await zone.PidAsync(), ZonedProcesses.Kill);
            await Task.Delay(TimeSpan.FromSeconds(6));
            Assert.Equal(ZoneState.Running, (await zone.InfoAsync()).State);
        }

        await zone.UntilStateAsync(ZoneState.Installed);
        Assert.Equal(new ExitStatus(137, 9), (await zone.InfoAsync()).LastExit);
    }

    /// <summary>A small file system in memory, mounted for one test.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        private const int Bytes = 24 << 20;

        private SmallDisk()
        {
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("zones-disk-").FullName;

        private string Filler => System.IO.Path.Combine(Path, "filler");

        public static async Task<SmallDisk> MakeAsync()
        {
            SmallDisk disk = new();
            await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Bytes},mode=0700", "none", disk.Path);
            return disk;
        }

        /// <summary>Takes what room there is.</summary>
        public void Fill()
        {
            using FileStream file = new(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            byte[] page = new byte[4096];
            try
            {
                while (true)
                {
                    file.Write(page);
                }
            }
            catch (IOException)
            {
                // That was the last of it.
            }
        }

        public void MakeRoom() => File.Delete(Filler);

        public static async Task RunAsync(string program, params string[] arguments)
        {
            using Process process = Process.Start(program, arguments);
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }

        public async ValueTask DisposeAsync()
        {
            // Lazily: a process that another test starts at this moment may still have this one's descriptors.
            await RunAsync("umount", "--lazy", Path);
            Directory.Delete(Path);
        }
    }
}
