using System.Text.Json.Nodes;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>What recovery tells: what it did, and of how many zones there was nothing to be done.</summary>
public sealed class RecoveryReportTests
{
    [Fact]
    public async Task Each_thing_that_was_done_is_told_and_the_zones_that_were_well_are_counted()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        ZoneCli zone = new(test.State);
        string data = Directory.CreateDirectory(directory.Path + "/data").FullName;
        await test.RunningAsync(TestHost.Spec("changes"));
        await test.Host.CreateAsync(TestHost.Spec("idle"));
        await test.InstalledAsync(TestHost.Spec("needs") with { Fs = [new ZoneFs("/srv", data)] });
        await (await test.InstalledAsync(TestHost.Spec("marked"))).MarkAsync(ZoneState.Unavailable);
        int ended = await (await test.RunningAsync(TestHost.Spec("ended"))).PidAsync();

        // An end that nobody sees, a change that nobody finished, and what was taken away meanwhile.
        int keeper = ZonedProcesses.Keeper(test.State);
        ZonedProcesses.Signal(keeper, ZonedProcesses.Stop);
        ZonedProcesses.Signal(ended, ZonedProcesses.Kill);
        await ZonedProcesses.KillAsync(keeper);
        CatalogueFile.Run(test.State, "UPDATE zone SET changing = spec WHERE name = 'changes'");
        Directory.Delete(data);
        Assert.Equal(
            $"""
            ended: what it held when it ended, or was half-way, is released
            changes: a change that was begun is undone
            needs: fs[0].special: {data} does not exist on this host: unavailable until that is there again
            1 zone well

            """,
            await zone.OkAsync("recover"));

        Directory.CreateDirectory(data);
        JsonNode tree = Json.Parse(await zone.OkAsync("recover", "--format", "json"));
        Assert.Equal(["changes"], Json.Texts(tree["adopted"]!));
        Assert.Equal(["needs"], Json.Texts(tree["available"]!));
        Assert.Equal(3, tree["well"]!.GetValue<int>());
        Assert.Equal("4 zones well\n", await zone.OkAsync("recover"));
    }

    [Fact]
    public async Task A_zone_that_cannot_be_put_right_is_told_and_makes_the_exit_code()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec("stuck"));
        await test.InstalledAsync(TestHost.Spec("fine"));
        ZoneCli zone = new(test.State);
        using (TemporaryMount mount = new())
        {
            // Files that are to go back where they came from, which is on another file system by now.
            string files = Directory.CreateDirectory(mount.Path + "/files").FullName;
            CatalogueFile.Run(test.State, $"INSERT INTO ledger (zone, generation, kind, name, data) VALUES ('stuck', 1, 'files', '{files}', '{test.State}/files')");
            Assert.Equal(
                new CommandResult(1, "1 zone well\n", $"zone: stuck: still holds files {files}, which cannot be released yet; the next verb on it tries again\n"),
                await zone.RunAsync("recover"));
            Assert.Equal("stuck", Assert.Single((await test.Host.RecoverAsync()).Failed).Zone);
        }

        Assert.Empty((await test.Host.RecoverAsync()).Failed);
        Assert.Equal("2 zones well\n", await zone.OkAsync("recover"));
    }
}
