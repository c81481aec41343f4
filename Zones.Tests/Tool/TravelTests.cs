using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Zones.Tests.Support;

namespace Zones.Tests.Tool;

/// <summary>The commands that copy zones, take them elsewhere, mark them, and boot them with the host.</summary>
public sealed class TravelTests
{
    [Fact]
    public async Task A_zone_is_cloned_moved_detached_and_attached()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        ZoneCli zone = new(test.State);
        await test.InstalledAsync(TestHost.Spec("web1"));
        Assert.Equal("", await zone.OkAsync("clone", "web2", "web1"));
        Assert.Contains(":web2:installed:", await zone.OkAsync("list", "-cp"));
        Assert.Equal("zone: web2: already installed", await zone.FailAsync(1, "clone", "web2", "web1"));
        Assert.Equal("", await zone.OkAsync("move", "web2", directory.Path + "/web2"));
        Assert.Contains($":web2:installed:{directory.Path}/web2:", await zone.OkAsync("list", "-cp"));
        Assert.Equal($"{directory.Path}/web2.manifest\n", await zone.OkAsync("detach", "web2"));
        Assert.Equal("can be attached as it is\n", await zone.OkAsync("attach", "-n", "web2"));
        Assert.Contains(":web2:configured:", await zone.OkAsync("list", "-cp"));
        CommandResult deleted = await zone.RunAsync("delete", "-F", "web2");
        Assert.Equal(
            (0, $"zone: warning: the files that 'zone detach' left stay; 'zone attach --zonepath {directory.Path}/web2 web2' makes the zone from them again, 'rm -r {directory.Path}/web2 {directory.Path}/web2.manifest' removes them\n"),
            (deleted.Code, deleted.Error));
        Assert.StartsWith("zone: web2: no such zone configured; of one that was detached, give the directory of its files, beside which is the manifest, with --zonepath: 'find / -name web2.manifest' may find it", await zone.FailAsync(1, "attach", "web2"));
        Assert.False(Json.Parse(await zone.OkAsync("attach", "-n", "--zonepath", directory.Path + "/web2", "--format", "json", "web2"))["shifts"]!.GetValue<bool>());
        Assert.Contains($"is a manifest; give the directory beside it, --zonepath {directory.Path}/web2", await zone.FailAsync(1, "attach", "--zonepath", directory.Path + "/web2.manifest", "web2"));
        Assert.Contains("the files are those of web2, by their manifest", (await zone.RunAsync("attach", "-n", "--zonepath", directory.Path + "/web2", "web4")).Error);
        Assert.Equal("", await zone.OkAsync("attach", "--zonepath", directory.Path + "/web2/", "web2"));
        Assert.Contains($":web2:installed:{directory.Path}/web2:", await zone.OkAsync("list", "-cp"));
        Assert.Contains("which 'zone detach' writes", await zone.FailAsync(1, "attach", "--zonepath", directory.Path, "web3"));
        await zone.OkAsync("delete", "-F", "web2");
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task A_zone_is_marked()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await test.InstalledAsync(TestHost.Spec("web1"));
        Assert.Equal("", await zone.OkAsync("mark", "web1", "unavailable"));
        Assert.Equal("zone: web1: something that it needs is not there, or it was marked so; see its events, and 'zone mark' once it is there", await zone.FailAsync(1, "boot", "web1"));
        Assert.Equal("", await zone.OkAsync("mark", "web1", "installed"));
        Assert.Equal("", await zone.OkAsync("mark", "web1", "incomplete"));
        Assert.Contains(":web1:incomplete:", await zone.OkAsync("list", "-cp"));
        Assert.Equal("zone: web1: is incomplete: an install or uninstall was interrupted, or somebody marked it so; uninstall it, then install it", await zone.FailAsync(1, "boot", "web1"));
    }

    [Fact]
    public async Task Autoboot_says_what_is_up_and_what_failed_and_tells_the_service_manager()
    {
        await using TestHost test = new();
        using TemporaryDirectory directory = new();
        ZoneCli zone = new(test.State);
        await test.InstalledAsync(TestHost.Spec("web") with { Autoboot = true, DependsOn = ["db"] });
        await test.InstalledAsync(TestHost.Spec("db"));
        Assert.Equal("db\nweb\n", await zone.OkAsync("autoboot"));
        Assert.Equal("web\ndb\n", await zone.OkAsync("autoboot", "--stop"));
        await test.Host.CreateAsync(TestHost.Spec("gone") with { Autoboot = true, Fs = [new ZoneFs("/srv", directory.Path + "/data")] });
        Directory.CreateDirectory(directory.Path + "/data");
        await test.Host.InstallAsync("gone");
        Directory.Delete(directory.Path + "/data");
        CommandResult result = await zone.RunAsync("autoboot", "--format", "json");
        Assert.Equal((1, ""), (result.Code, result.Error));
        Assert.StartsWith("gone: fs[0].special: ", Json.Parse(result.Output)["failed"]![0]!["reason"]!.GetValue<string>(), StringComparison.Ordinal);

        // As systemd would start it.
        string path = directory.Path + "/notify";
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        result = await new ZoneCli(test.State) { Environment = { ["NOTIFY_SOCKET"] = path } }.RunAsync("autoboot");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("zone: gone: something that it needs is not there: fs[0].special: ", result.Error, StringComparison.Ordinal);
        Assert.Equal("STATUS=booting zones", Receive(socket));
        Assert.Equal("READY=1\nSTATUS=2 zones up, 1 failed", Receive(socket));
        Assert.Contains("NOTIFY_SOCKET", await new ZoneCli(test.State) { Environment = { ["NOTIFY_SOCKET"] = "/nowhere" } }.FailAsync(1, "autoboot", "--stop"), StringComparison.Ordinal);
    }

    /// <summary>As Solaris's zones service, which boots the installed ones.</summary>
    [Fact]
    public async Task Zones_that_are_not_installed_are_no_failures_of_autoboot()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await test.Host.CreateAsync(TestHost.Spec("raw") with { Autoboot = true });
        await (await test.InstalledAsync(TestHost.Spec("half") with { Autoboot = true })).MarkAsync(ZoneState.Incomplete);
        await test.InstalledAsync(TestHost.Spec("web") with { Autoboot = true });
        string[] reasons = ["half: is incomplete, so it is not booted; uninstall it, then install it", "raw: is configured, so it is not booted; install it"];
        Assert.Equal(new CommandResult(0, "web\n", string.Concat(reasons.Select(reason => $"zone: warning: {reason}\n"))), await zone.RunAsync("autoboot"));
        JsonNode tree = Json.Parse(await zone.OkAsync("autoboot", "--format", "json"));
        Assert.Equal(("web", 0), (tree["done"]![0]!.GetValue<string>(), tree["failed"]!.AsArray().Count));
        Assert.Equal(reasons, tree["skipped"]!.AsArray().Select(skipped => skipped!["reason"]!.GetValue<string>()));

        // Who depends on one does not come up, and that is a failure.
        await test.InstalledAsync(TestHost.Spec("page") with { Autoboot = true, DependsOn = ["raw"] });
        CommandResult result = await zone.RunAsync("autoboot");
        Assert.Equal((1, "web\n"), (result.Code, result.Output));
        Assert.EndsWith("zone: page: depends on raw, which is not installed\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("install")]
    [InlineData("uninstall")]
    [InlineData("status")]
    public async Task Without_systemd_or_zones_service_says_what_to_do_instead(string verb)
    {
        string message = Directory.Exists("/run/systemd/system")
            ? "/nonexistent: holds no zones yet, so there is nothing to boot; create one first"
            : "systemd does not run this host; have its init run 'zone autoboot' when it boots and 'zone autoboot --stop' before it ends";
        Assert.Equal("zone: " + message, await new ZoneCli("/nonexistent").FailAsync(1, "service", verb));
        if (verb == "status" && !Directory.Exists("/run/systemd/system"))
        {
            CommandResult result = await new ZoneCli("/var/lib/zones").RunAsync("service", "status", "--format", "json");
            Assert.Equal((1, ""), (result.Code, result.Error));
            Assert.Equal("""{"unit":"zones.service","installed":"no","enabled":null,"active":null,"status":null,"serve":null}""", Json.Parse(result.Output).ToJsonString());
        }
    }

    private static string Receive(Socket socket)
    {
        byte[] buffer = new byte[1000];
        socket.ReceiveTimeout = 30_000;
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    [Fact]
    public async Task Where_a_detached_zone_lies_an_install_and_a_launch_tell_of_attach()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        await test.InstalledAsync(TestHost.Spec("web1"));
        string manifest = (await zone.OkAsync("detach", "web1")).TrimEnd(), zonepath = manifest[..^".manifest".Length];
        await test.Host.DeleteAsync("web1");
        string told = $"zone: zonepath: {zonepath} holds the files of a zone that was detached; 'zone attach --zonepath {zonepath} web1' takes them into use, or remove it with its manifest {manifest}";
        Assert.Equal(told, await zone.FailAsync(1, "launch", "web1"));
        await zone.OkAsync("create", "web1");
        Assert.Equal(told, await zone.FailAsync(1, "install", "web1"));
        await test.Host.DeleteAsync("web1");
        Assert.Equal(
            $"zone: web1: no such zone configured; of one that was detached, give the directory of its files, beside which is the manifest, with --zonepath: it is {zonepath}",
            await zone.FailAsync(1, "attach", "web1"));
        Assert.Equal("", await zone.OkAsync("attach", "--zonepath", zonepath, "web1"));
        Assert.Contains(":web1:installed:", await zone.OkAsync("list", "-cp"));
    }

    [Fact]
    public async Task Files_to_attach_that_are_not_there_are_asked_for()
    {
        await using TestHost test = new();
        ZoneCli zone = new(test.State);
        Assert.Equal(
            $"zone: zonepath: there is no manifest {test.State}/typo.manifest, which 'zone detach' writes beside the directory of the files; 'find / -name web1.manifest' may find it; give --zonepath that directory, or bring both there",
            await zone.FailAsync(1, "attach", "--zonepath", test.State + "/typo", "web1"));
        await test.Host.CreateAsync(TestHost.Spec("web2"));
        Assert.Equal(
            $"zone: zonepath: there is no manifest {test.State}/zones/web2.manifest, which 'zone detach' writes beside the directory of the files; 'find / -name web2.manifest' may find it; bring both there, or delete the zone and attach it where they are, with --zonepath",
            await zone.FailAsync(1, "attach", "web2"));
    }

    [Fact]
    public async Task The_directory_around_a_zones_files_is_taken_for_what_it_is()
    {
        await using TestHost test = new();
        using TemporaryDirectory srv = new();
        ZoneCli zone = new(test.State);
        await test.InstalledAsync(TestHost.Spec("web1") with { Zonepath = srv.Path + "/web1" });
        await zone.OkAsync("detach", "web1");
        await test.Host.DeleteAsync("web1");
        File.SetUnixFileMode(srv.Path, (UnixFileMode)0x1ED /* 0755 */);
        Assert.Equal(
            $"zone: zonepath: there is no manifest {srv.Path}.manifest, which 'zone detach' writes beside the directory of the files; {srv.Path}/web1.manifest is there, so give --zonepath {srv.Path}/web1",
            await zone.FailAsync(1, "attach", "--zonepath", srv.Path, "web1"));
        Assert.Equal("", await zone.OkAsync("attach", "--zonepath", srv.Path + "/web1", "web1"));
        await test.Host.DeleteAsync("web1", force: true);
    }

    [Fact]
    public async Task Files_that_did_not_come_with_their_manifest_are_asked_for()
    {
        await using TestHost test = new();
        using TemporaryDirectory srv = new();
        ZoneCli zone = new(test.State);
        await test.InstalledAsync(TestHost.Spec("web1") with { Zonepath = srv.Path + "/web1" });
        string manifest = (await zone.OkAsync("detach", "web1")).TrimEnd();
        File.Move(manifest, srv.Path + "/other.manifest");
        await test.Host.DeleteAsync("web1");
        Assert.Equal($"zone: zonepath: {srv.Path}/other is not there; bring the files of the detached zone there, beside their manifest", await zone.FailAsync(1, "attach", "--zonepath", srv.Path + "/other", "web1"));
    }
}
