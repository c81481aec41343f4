using System.Diagnostics;
using System.Globalization;
using System.Net;
using Zones.Specs;
using Zones.Storage;
using Zones.Storage.Mounts;
using Zones.Storage.Nfs;
using Zones.Tests.Support;
using Zones.Wire;

namespace Zones.Tests.Storage;

/// <summary>Zones over an export of nfs-ganesha, through the library's own client and the kernel's FUSE.</summary>
public class NfsRootTests
{
    private const string Everything = "cd /usr && find . -exec stat -c '%n %F %a %u %g %h %s %Y %N' {} + | sort && find . -type f -exec sha256sum {} + | sort";

    [Fact]
    public async Task A_sparse_and_a_whole_zone_boot_over_one_mount_and_see_the_whole_tree()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone sparse = await test.RunningAsync(Spec("sparse", served.Server.Export));
        Zone whole = await test.RunningAsync(Spec("whole", served.Server.Export, RootType.Whole));
        string expected = await ShellAsync($"chroot {served.Root} /bin/sh -c \"{Everything}\"");
        foreach (Zone zone in (Zone[])[sparse, whole])
        {
            Assert.Equal(expected, await OutputAsync(zone, Everything));
            Assert.Equal("3\n", await OutputAsync(zone, "perl -e 'print 1 + 2, \"\\n\"'"));
        }

        Assert.Equal("", await OutputAsync(whole, "echo mine > /usr/share/own"));
        Assert.Equal("mine\n", await OutputAsync(whole, "cat /usr/share/own"));
        Assert.Contains("Read-only file system", (await sparse.ExecAsync(["touch", "/usr/share/own"])).StandardError);
        Assert.False(File.Exists(served.Root + "/usr/share/own"));

        int server = Assert.Single(Servers(test));
        await sparse.HaltAsync();
        Assert.Equal(server, Assert.Single(Servers(test)));
        Assert.Equal("mine\n", await OutputAsync(whole, "cat /usr/share/own"));
        await whole.HaltAsync();
        Assert.Empty(Directory.GetFiles(test.State + "/run", "*.server"));
    }

    [Fact]
    public async Task A_zone_is_cloned_and_travels_over_its_export_and_is_unavailable_while_nobody_serves_it()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export));
        await OutputAsync(zone, "echo mine >/srv/own");
        await zone.HaltAsync();
        Zone clone = await zone.CloneAsync("clone");
        await clone.DetachAsync();
        await clone.AttachAsync();
        await clone.BootAsync();
        Assert.Equal("mine\n", await OutputAsync(clone, "cat /srv/own"));
        await clone.HaltAsync();

        await served.Server.StopAsync();
        await Assert.ThrowsAsync<ZoneSpecException>(() => zone.BootAsync());
        Assert.Equal(ZoneState.Unavailable, (await zone.InfoAsync()).State);
        await served.Server.StartAsync();
        await zone.BootAsync();
        Assert.Equal("mine\n", await OutputAsync(zone, "cat /srv/own"));
    }

    [Fact]
    public async Task A_hundred_thousand_entries_are_listed_once_each()
    {
        await using Served served = await Served.MakeAsync();
        Directory.CreateDirectory(served.Root + "/usr/share/many");
        for (int i = 0; i < 100_000; i++)
        {
            File.CreateSymbolicLink(string.Create(CultureInfo.InvariantCulture, $"{served.Root}/usr/share/many/{i}"), "x");
        }

        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export));
        Assert.Equal("100002\n100002\n", await OutputAsync(zone, "ls -f /usr/share/many > /tmp/list && wc -l < /tmp/list && sort /tmp/list | uniq | wc -l"));
    }

    [Fact]
    public async Task A_server_that_goes_away_is_waited_for_without_an_error()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export + "?timeo=10"));

        // Silent: the connection stays, answers do not come.
        await served.Server.PauseAsync(true);
        Task<string> silent = OutputAsync(zone, "cat /usr/share/data1");
        await AssertWaitsAsync(silent);
        await served.Server.PauseAsync(false);
        Assert.Equal("data 1\n", await silent.WaitAsync(TimeSpan.FromSeconds(60)));

        // Gone, and started again.
        await served.Server.StopAsync();
        Task<string> gone = OutputAsync(zone, "cat /usr/share/data2 && perl -e 'print 4, \"\\n\"'");
        await AssertWaitsAsync(gone);
        await served.Server.StartAsync();
        Assert.Equal("data 2\n4\n", await gone.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_soft_mount_fails_with_an_error_after_its_bound()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export + "?soft&timeo=5&retrans=1"));

        // A program of which not all is here yet would die of SIGBUS before it could say anything.
        await zone.ExecAsync(["cat", "/usr/share/none"]);
        await served.Server.PauseAsync(true);
        ExecResult result = await zone.ExecAsync(["cat", "/usr/share/data2"]).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("Input/output error", result.StandardError);
        await served.Server.PauseAsync(false);
        Assert.Equal("data 3\n", await OutputAsync(zone, "cat /usr/share/data3"));
    }

    [Fact]
    public async Task Processes_that_wait_for_the_server_can_be_killed_and_the_zone_halted()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export));
        await OutputAsync(zone, "cat /usr/share/data1; ls /usr/bin > /dev/null");
        await served.Server.PauseAsync(true);
        await using ZoneProcess looking = await zone.StartAsync(new ExecRequest(["cat", "/usr/share/data2"]) { Io = ExecIo.Pipes });
        await using ZoneProcess reading = await zone.StartAsync(new ExecRequest(["ls", "/usr/share"]) { Io = ExecIo.Pipes });
        Task<ExitStatus> end = looking.WaitAsync();
        await AssertWaitsAsync(end);
        looking.Signal(9);
        Assert.Equal(new ExitStatus(137, 9), await end.WaitAsync(TimeSpan.FromSeconds(20)));
        await zone.HaltAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        await served.Server.PauseAsync(false);
    }

    [Fact]
    public async Task A_zone_is_halted_even_when_its_mount_process_does_nothing_any_more()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export));
        await OutputAsync(zone, "cat /usr/share/data1");
        await Ganesha.PauseAsync(Assert.Single(Servers(test)), true);
        await using ZoneProcess looking = await zone.StartAsync(new ExecRequest(["cat", "/usr/share/data2"]) { Io = ExecIo.Pipes });
        Task<ExitStatus> end = looking.WaitAsync();
        await AssertWaitsAsync(end);

        // Nobody answers the interrupt either: only the end of the mount lets go of the process.
        await zone.HaltAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(new ExitStatus(137, 9), await end.WaitAsync(TimeSpan.FromSeconds(20)));
        await zone.BootAsync();
        Assert.Equal("data 2\n", await OutputAsync(zone, "cat /usr/share/data2"));
    }

    [Fact]
    public async Task The_mount_process_is_replaced_under_a_running_zone()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export));
        await OutputAsync(zone, "cat /usr/share/data1; ls -lR /usr > /dev/null");
        int first = Assert.Single(Servers(test));

        // In the middle of a call.
        await served.Server.PauseAsync(true);
        Task<string> waiting = OutputAsync(zone, "cat /usr/share/data2");
        await Task.Delay(500);
        Process.GetProcessById(first).Kill();
        await served.Server.PauseAsync(false);
        Assert.Equal("data 2\n", await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        int second = Assert.Single(Servers(test));
        Assert.NotEqual(first, second);
        Assert.Equal(await ShellAsync($"chroot {served.Root} /bin/sh -c \"{Everything}\""), await OutputAsync(zone, Everything));
    }

    [Fact]
    public async Task A_new_keeper_takes_the_mount_over()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export));
        await OutputAsync(zone, "cat /usr/share/data1");
        int first = Assert.Single(Servers(test));
        Process.GetProcessById(ZonedProcesses.Keeper(test.State)).Kill();
        await test.ReopenAsync();
        RecoveryReport report = await test.Host.RecoverAsync();
        Assert.Equal(["z1"], report.Adopted);
        Assert.Equal("data 2\n", await OutputAsync(await test.Host.GetAsync("z1"), "cat /usr/share/data2"));

        // What it took over it replaces too.
        Process.GetProcessById(first).Kill();
        zone = await test.Host.GetAsync("z1");
        Assert.Equal("data 3\n", await OutputAsync(zone, "cat /usr/share/data3").WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.NotEqual(first, Assert.Single(Servers(test)));
    }

    [Fact]
    public async Task A_keeper_that_becomes_another_build_keeps_the_mount_and_its_process()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        using NewBuild build = new();
        Zone zone = await test.RunningAsync(Spec("z1", served.Server.Export));
        await OutputAsync(zone, "cat /usr/share/data1");
        int keeper = ZonedProcesses.Keeper(test.State), first = Assert.Single(Servers(test));

        // Handed over, not asked back from the server.
        File.Delete(Assert.Single(Directory.GetFiles(test.State + "/run", "*.server")));
        await using IZoneHost upgraded = build.Open(test.State, options => options.UseStorage());
        zone = await upgraded.GetAsync("z1");
        Assert.Equal("data 2\n", await OutputAsync(zone, "cat /usr/share/data2"));
        Assert.Equal(build.Id, BuildId.OfFile($"/proc/{keeper}/exe"));
        Assert.Contains(first, ZonedProcesses.Children(keeper));

        // The new build sees its death, and starts another on the same descriptors.
        Process.GetProcessById(first).Kill();
        Assert.Equal("data 3\n", await OutputAsync(zone, "cat /usr/share/data3").WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.NotEqual(first, Assert.Single(Servers(test)));
        await zone.HaltAsync();
        Assert.Empty(Directory.GetFiles(test.State + "/run", "*.server"));
        await Eventually.TrueAsync(() => ZonedProcesses.Zombies(keeper).Count == 0, "waited in vain for the dead to be waited for");
    }

    [Fact]
    public async Task A_manager_that_dies_in_the_middle_leaves_what_the_next_one_releases()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        await test.Host.CreateAsync(Spec("z1", served.Server.Export));
        for (int milliseconds = 20; milliseconds < 400; milliseconds += 60)
        {
            using Process manager = Process.Start(new ProcessStartInfo(TestHost.BinDirectory + "/zone", ["--state", test.State, "install", "z1"]) { RedirectStandardError = true })!;
            await Task.Delay(milliseconds);
            manager.Kill();
            await manager.WaitForExitAsync();
        }

        await test.Host.RecoverAsync();
        ZoneState state = (await test.Host.InfoAsync("z1")).State;
        if (state == ZoneState.Incomplete)
        {
            await test.Host.UninstallAsync("z1");
        }

        Assert.Empty(Directory.GetFiles(test.State + "/run", "*.server"));
        if (state != ZoneState.Installed)
        {
            await test.Host.InstallAsync("z1");
        }

        await test.Host.BootAsync("z1");
        Assert.Equal("data 1\n", await OutputAsync(await test.Host.GetAsync("z1"), "cat /usr/share/data1"));
    }

    [Fact]
    public async Task An_export_of_this_host_is_bound_and_one_that_cannot_be_told_is_mounted()
    {
        using TemporaryDirectory directory = new();
        string root = directory.Path + "/root";
        await SmallRoot.MakeAsync(root);
        await File.WriteAllTextAsync(root + "/usr/share/data1", "data 1\n");
        NfsServerOptions options = new()
        {
            Exports = [new(root.TrimStart('/'), root) { Squash = NfsSquash.None }, new("other", root) { Squash = NfsSquash.None }],
            KeyFile = directory.Path + "/key",
        };
        await using NfsServer server = NfsServer.Start(options);
        await using TestHost test = new(host => host.UseStorage());
        Zone bound = await test.RunningAsync(Spec("bound", $"nfs://127.0.0.1:{server.EndPoint.Port}{root}"));
        Assert.Equal("data 1\n", await OutputAsync(bound, "cat /usr/share/data1"));
        Assert.Empty(Servers(test));

        string export = $"nfs://127.0.0.1:{server.EndPoint.Port}/other";
        Zone mounted = await test.RunningAsync(Spec("mounted", export));
        Assert.Equal(await OutputAsync(bound, Everything), await OutputAsync(mounted, Everything));
        Assert.Single(Servers(test));
        VerifyReport report = await test.Host.VerifyAsync(Spec("z1", export + "?via=bind"));
        Assert.Contains("/other is not a directory of this host that the server exports", Assert.Single(report.Problems).Message);
    }

    [Fact]
    public async Task The_command_boots_a_zone_over_an_export()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        string zone = $"{TestHost.BinDirectory}/zone --state {test.State}";
        string commands = $"{zone} create web1 --root {served.Server.Export} && {zone} install web1 && {zone} boot web1 && {zone} exec web1 -- cat /usr/share/data1";
        Assert.Equal("data 1\n", await ShellAsync(commands));
        Assert.Single(Servers(test));
    }

    [Fact]
    public void The_kernels_client_is_asked_as_nfs5_has_it()
    {
        NfsAddress address = NfsAddress.Parse("nfs://server:20490/export?mountport=20048&soft&timeo=50&retrans=4&actimeo=600", out _)!;
        IEnumerable<string> options = KernelNfs.Options(address, IPAddress.Parse("10.0.0.1")).Select(option => option.Value is null ? option.Name : $"{option.Name}={option.Value}");
        Assert.Equal(
            "source=server:/export,addr=10.0.0.1,vers=3,proto=tcp,port=20490,mountproto=tcp,mountport=20048,mountvers=3,nolock,noacl,nocto,actimeo=600,soft,timeo=50,retrans=4,ro",
            string.Join(',', options));
    }

    [Fact]
    public async Task What_the_kernels_own_client_cannot_do_is_said()
    {
        await using Served served = await Served.MakeAsync();
        await using TestHost test = new(options => options.UseStorage());
        VerifyReport report = await test.Host.VerifyAsync(Spec("z1", served.Server.Export + "?via=kernel"));
        if (KernelNfs.IsHere)
        {
            Assert.Contains("cannot be idmapped", Assert.Single(report.Warnings));
        }
        else
        {
            Assert.Contains("this kernel has no NFS client", Assert.Single(report.Problems).Message);
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_what_to_do()
    {
        await using TestHost test = new(options => options.UseStorage());
        VerifyReport report = await test.Host.VerifyAsync(Spec("z1", "nfs://127.0.0.1:1/export"));
        SpecProblem problem = Assert.Single(report.Problems);
        Assert.Equal("root.source", problem.Property);
        Assert.Contains("127.0.0.1:1", problem.Message);
        Assert.Contains("refused", problem.Message);
    }

    [Fact]
    public async Task Without_the_package_the_root_is_refused_by_name()
    {
        await using TestHost test = new();
        VerifyReport report = await test.Host.VerifyAsync(Spec("z1", "nfs://127.0.0.1/export"));
        Assert.Contains("root.source needs Zones.Storage", Assert.Single(report.Problems).Message);
    }

    private static ZoneSpec Spec(string name, string export, RootType type = RootType.Sparse) => new() { Zone = name, Root = ZoneRoot.Nfs(export) with { Type = type } };

    private static async Task<string> OutputAsync(Zone zone, string command)
    {
        ExecResult result = await zone.ExecAsync(["sh", "-c", command]);
        Assert.Equal((0, ""), (result.ExitCode, result.StandardError));
        return result.StandardOutput;
    }

    /// <summary>Fails when a task is over soon, with its own error if it has one.</summary>
    private static async Task AssertWaitsAsync<T>(Task<T> task)
    {
        if (await Task.WhenAny(task, Task.Delay(1000)) == task)
        {
            Assert.Fail($"did not wait: {await task}");
        }
    }

    private static async Task<string> ShellAsync(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    /// <summary>The processes that serve mounts of a state directory.</summary>
    private static List<int> Servers(TestHost test) =>
        [.. Directory.GetFiles(test.State + "/run", "*.server").Select(file => int.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture))];

    /// <summary>A small root and a server for it.</summary>
    private sealed class Served : IAsyncDisposable
    {
        private readonly TemporaryDirectory _directory;

        private Served(TemporaryDirectory directory) => _directory = directory;

        public required Ganesha Server { get; init; }

        public required string Root { get; init; }

        public static async Task<Served> MakeAsync()
        {
            TemporaryDirectory directory = new();
            await SmallRoot.MakeAsync(directory.Path);
            for (int i = 1; i <= 3; i++)
            {
                await File.WriteAllTextAsync($"{directory.Path}/usr/share/data{i}", $"data {i}\n");
            }

            return new(directory) { Root = directory.Path, Server = await Ganesha.StartAsync(directory.Path) };
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _directory.Dispose();
        }
    }
}
