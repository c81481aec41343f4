using Zones.Tests.Support;

namespace Zones.Tests.Host;

/// <summary>What happened to a zone's private files since they were made.</summary>
public sealed class ZonepathTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(RootType.Sparse)]
    [InlineData(RootType.Whole)]
    public async Task A_zonepath_that_is_gone_is_named_and_the_zone_can_be_uninstalled(RootType type)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(Spec(type));
        string zonepath = (await zone.InfoAsync()).Zonepath;
        Directory.Delete(zonepath, recursive: true);
        await RefusedAsync(zone, zonepath, $"{zonepath} is not there any more; uninstall the zone and install it again");
        await zone.UninstallAsync();
        await zone.InstallAsync();
        await zone.ReadyAsync();
    }

    [Theory]
    [InlineData(RootType.Sparse)]
    [InlineData(RootType.Whole)]
    public async Task A_zonepath_that_became_a_link_is_refused_and_its_target_is_left_alone(RootType type)
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(Spec(type));
        string zonepath = (await zone.InfoAsync()).Zonepath;
        string elsewhere = Path.Combine(_directory.Path, "elsewhere");
        Directory.Move(zonepath, elsewhere);
        File.CreateSymbolicLink(zonepath, elsewhere);
        await RefusedAsync(zone, zonepath, $"{zonepath} is a symbolic link to {elsewhere}; name the real path");
        await zone.UninstallAsync();
        Assert.False(Path.Exists(zonepath));
        Assert.NotEmpty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task A_zonepath_that_others_may_write_by_now_is_refused()
    {
        await using TestHost test = new();
        string parent = _directory.Make("parent");
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Zonepath = parent + "/z1" });
        UnixFileMode mode = File.GetUnixFileMode(parent);
        File.SetUnixFileMode(parent, mode | UnixFileMode.OtherWrite);
        await RefusedAsync(zone, parent + "/z1", $"{parent} may be written by others than root");
        File.SetUnixFileMode(parent, mode);
        await zone.BootAsync();
    }

    [Fact]
    public async Task A_zonepath_that_others_may_enter_is_refused_for_the_set_user_id_files_in_it()
    {
        await using TestHost test = new();
        string zonepath = _directory.Path + "/z1";
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Zonepath = zonepath });
        UnixFileMode mode = File.GetUnixFileMode(zonepath);
        File.SetUnixFileMode(zonepath, mode | UnixFileMode.OtherExecute);
        await RefusedAsync(zone, zonepath, $"{zonepath} may be entered by others than root");
        File.SetUnixFileMode(zonepath, mode);
        await zone.BootAsync();
    }

    private static async Task RefusedAsync(Zone zone, string zonepath, string message)
    {
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.ReadyAsync());
        SpecProblem problem = Assert.Single(error.Problems);
        Assert.Equal(("zonepath", zonepath), (problem.Property, problem.Value));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(Directory.Exists(zonepath) ? ZoneState.Installed : ZoneState.Unavailable, (await zone.InfoAsync()).State);
        Assert.Contains(message, (await Assert.ThrowsAnyAsync<ZoneException>(() => zone.BootAsync())).Message, StringComparison.Ordinal);
    }

    /// <summary>A whole root needs no system in it to be made ready.</summary>
    private ZoneSpec Spec(RootType type) => type == RootType.Sparse ? TestHost.Spec() : TestHost.Spec() with { Root = ZoneRoot.Directory(_directory.Make("system")) with { Type = type } };
}
