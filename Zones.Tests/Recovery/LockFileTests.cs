using Zones.Catalogue;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>Files of locks go with what they are about.</summary>
public sealed class LockFileTests
{
    [Fact]
    public async Task Who_waits_for_a_zone_that_is_deleted_leaves_no_lock_of_it()
    {
        await using TestHost test = new();
        await test.Host.CreateAsync(TestHost.Spec());
        await test.InstalledAsync(TestHost.Spec("z2"));
        ZoneLock held = await ZoneLock.AcquireAsync(test.State, "z1", CancellationToken.None);
        Task[] waiting =
        [
            test.Host.InstallAsync("z1"), test.Host.DeleteAsync("z1"), test.Host.CloneAsync("z1", "z2"), test.Host.CloneAsync("z3", "z1"),
            ZoneHost.RunAgentAsync(new() { StateDirectory = test.State }, "z1"), test.Host.RecoverAsync(),
        ];
        await Task.Delay(200, TestContext.Current.CancellationToken);
        CatalogueFile.Run(test.State, "DELETE FROM zone WHERE name = 'z1'");
        held.Remove();
        held.Dispose();
        foreach (Task task in waiting)
        {
            Assert.True(await Record.ExceptionAsync(() => task) is null or ZoneNotFoundException);
        }

        Assert.Equal([".recovery", "z2"], Locks(test).Where(name => name is "z1" or "z2" or ".recovery"));
    }

    [Fact]
    public async Task A_console_and_its_server_leave_no_lock()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script("echo up; while read line; do echo got $line; done") with { Console = true });
        using (System.Diagnostics.Process typist = new ZoneCli(test.State).Start("console", "z1"))
        {
            while (await typist.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != "up")
            {
            }

            typist.Kill();
            await typist.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await zone.DeleteAsync(force: true);
        Assert.Equal([".recovery"], Locks(test));
    }

    [Fact]
    public async Task Recovery_removes_what_was_left_by_who_was_killed_just_before_he_removed_it()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec());
        foreach (string name in (string[])["gone", ".console-0123456789abcdef", ".console+gone", ".console+z1"])
        {
            File.WriteAllText(Path.Combine(ZoneLock.DirectoryOf(test.State), name), "");
        }

        using (await ZoneLock.AcquireAsync(test.State, ".held", CancellationToken.None))
        {
            await test.Host.RecoverAsync();
            Assert.Equal([".console+z1", ".held", ".recovery", "z1"], Locks(test));
        }

        await test.Host.RecoverAsync();
        Assert.Equal([".console+z1", ".recovery", "z1"], Locks(test));
    }

    private static IEnumerable<string> Locks(TestHost test) => Directory.GetFiles(ZoneLock.DirectoryOf(test.State)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
}
