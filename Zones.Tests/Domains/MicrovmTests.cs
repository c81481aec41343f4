using System.Diagnostics;
using System.Globalization;
using System.Text;
using Zones.Domains;
using Zones.Tests.Consoles;
using Zones.Tests.Domains.Build;
using Zones.Tests.Guest;

namespace Zones.Tests.Domains;

/// <summary>Real kernels in real machines of QEMU's, emulated where the processor has no virtualization: diskless, over the library's own
/// NFS server, in the states and with the commands of every zone.</summary>
public sealed class MicrovmTests
{
    private const string Checksums = "find /usr/bin /etc -type f -exec sha256sum {} + | sort";

    private const int UserSignal = 10; // SIGUSR1

    /// <summary>For what an emulated machine does on a busy host.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Ends with status 5 when it is asked to end.</summary>
    internal static readonly string[] Init = ["/bin/sh", "-c", "trap 'exit 5' TERM; echo init runs in $(hostname); while :; do sleep 0.2; done"];

    [Fact]
    public async Task A_domain_lives_as_a_zone_does()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.RunningAsync(Spec("d1") with { Init = [.. Init], Env = new() { ["GREETING"] = "hello" } });
        Assert.Equal(ZoneState.Running, (await domain.InfoAsync()).State);

        // Its own kernel, and a root that is the export's to the byte.
        Assert.Equal(GuestImage.Get().Kernel.Split("vmlinuz-")[1], (await OutputAsync(domain, "uname -r")).Trim());
        Assert.Equal(GuestImage.Output("chroot", GuestImage.Get().Base, "sh", "-c", Checksums), await OutputAsync(domain, Checksums));
        Assert.Contains("root / overlay rw,", await OutputAsync(domain, "cat /proc/mounts"));
        Assert.Equal("", await OutputAsync(domain, "echo own > /etc/own"));
        Assert.Equal("own\n", await OutputAsync(domain, "cat /etc/own"));
        Assert.False(File.Exists(GuestImage.Get().Base + "/etc/own"));

        // Commands: what they read, print and return, who they are, and several at once.
        Assert.Equal(new ExecResult(3, "out\n", "err\n"), await domain.ExecAsync(["sh", "-c", "echo out; echo err >&2; exit 3"]));
        Assert.Equal(127, (await domain.ExecAsync(["/no/such/program"])).ExitCode);
        string long_ = string.Concat(Enumerable.Range(0, 20_000).Select(i => i.ToString(CultureInfo.InvariantCulture) + "\n"));
        Assert.Equal(long_, (await domain.ExecAsync(new ExecRequest(["cat"]) { StandardInput = long_ })).StandardOutput);
        Assert.Equal("nobody /tmp hello more\n", (await domain.ExecAsync(new ExecRequest(["sh", "-c", "echo $(id -un) $PWD $GREETING $MORE"])
        {
            User = "nobody",
            WorkingDirectory = "/tmp",
            Environment = { ["MORE"] = "more" },
        })).StandardOutput);
        foreach (string nobody in (string[])["4294967295", "0:4294967295", "0:abc"])
        {
            // -1 would leave the command root (setresuid(2)).
            ZoneException refused = await Assert.ThrowsAnyAsync<ZoneException>(() => domain.ExecAsync(new ExecRequest(["id"]) { User = nobody }));
            Assert.Contains(nobody, refused.Message, StringComparison.Ordinal);
        }

        string[] at = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => OutputAsync(domain, $"sleep 1; echo {i}")));
        Assert.Equal(["0\n", "1\n", "2\n", "3\n", "4\n", "5\n"], at);
        await using (ZoneProcess terminal = await domain.StartAsync(new ExecRequest(["sh", "-c", "stty size; tty"]) { Io = ExecIo.Terminal, TerminalSize = (91, 37) }))
        {
            using StreamReader screen = new(terminal.Terminal!);
            Assert.Equal(["37 91", "/dev/pts/0"], [await screen.ReadLineAsync(), await screen.ReadLineAsync()]);
            Assert.Equal(new ExitStatus(0), await terminal.WaitAsync());
        }

        ZoneUsage usage = await domain.StatAsync();
        Assert.True(usage.Memory > 50 << 20, $"a kernel and its root in {usage.Memory} bytes?");
        await test.ReopenAsync();
        domain = await test.Host.GetAsync("d1");
        Assert.Equal("hello\n", (await domain.ExecAsync(new ExecRequest(["printenv", "GREETING"]))).StandardOutput);

        await domain.ShutdownAsync();
        ZoneInfo info = await domain.InfoAsync();
        Assert.Equal((ZoneState.Installed, new ExitStatus(5)), (info.State, info.LastExit));
        List<string> log = [];
        await foreach (string line in test.Host.LogsAsync("d1"))
        {
            log.Add(line.TrimEnd('\r'));
        }

        Assert.Contains("init runs in d1", log);
    }

    [Fact]
    public async Task A_domain_outlives_its_servers_and_its_managers_but_not_its_machine()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.RunningAsync(Spec("d1") with { Init = [.. Init] });
        int before = Server(test);
        await ZonedProcesses.KillAsync(before);
        Assert.Equal(GuestImage.Output("chroot", GuestImage.Get().Base, "sh", "-c", Checksums), await OutputAsync(domain, Checksums));
        Assert.NotEqual(before, Server(test));

        await ZonedProcesses.KillAsync(ZonedProcesses.Keeper(test.State));
        Assert.Equal("again\n", await OutputAsync(domain, "echo again"));

        await domain.RebootAsync();
        Assert.Equal("up\n", await OutputAsync(domain, "echo up"));
        await ZonedProcesses.KillAsync(Machine(await domain.InfoAsync()));
        await Eventually.TrueAsync(Patience, async () => (await domain.InfoAsync()).State == ZoneState.Installed);
        Assert.Equal(new ExitStatus(137, 0), (await domain.InfoAsync()).LastExit);

        // A manager that is killed in the middle of a boot, which takes seconds.
        using (Process boot = Process.Start(new ProcessStartInfo(ZoneCli.Path, ["--state", test.State, "boot", "d1"]) { RedirectStandardError = true })!)
        {
            await Eventually.TrueAsync(() => File.Exists(test.State + "/zones/d1/root/domain/status"));
            boot.Kill();
            await boot.WaitForExitAsync();
        }

        await domain.BootAsync();
        Assert.Equal("up\n", await OutputAsync(domain, "echo up"));
        await domain.HaltAsync();
        Assert.Empty(Directory.GetFiles(test.State + "/run", "*.server"));
    }

    [Fact]
    public async Task Its_console_is_its_serial_line_and_commands_may_be_detached_or_have_a_time()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.InstalledAsync(Spec("d1") with { Init = ["/bin/sh", "-c", "trap 'exit 5' TERM; echo init reads; while read line; do echo got $line; done; sleep 1000"] });
        await using ConsoleScreen screen = await ConsoleScreen.OpenAsync(domain);
        await domain.BootAsync();
        int place = await screen.SeesAsync("init reads");
        await screen.TypeAsync("hello\n");
        place = await screen.SeesAsync("got hello", place);

        // A key that interrupts is the domain's: QEMU lives.
        await screen.TypeAsync("\x03");
        await using (await domain.StartAsync(new ExecRequest(["sh", "-c", "echo away; exec sleep 4715"]) { Io = ExecIo.Detached }))
        {
        }

        await screen.SeesAsync("away", place);
        Assert.True((await domain.ExecAsync(new ExecRequest(["sleep", "1000"]) { Timeout = TimeSpan.FromSeconds(1) })).TimedOut);
        Assert.Equal("1\n", await OutputAsync(domain, "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o '[s]leep 4715' | wc -l"));
        Assert.Contains("tar", (await Assert.ThrowsAnyAsync<ZoneException>(() => domain.CopyOutAsync("/etc/hostname", test.State))).Message);
    }

    [Fact]
    public async Task A_command_that_neither_reads_nor_is_read_hears_signals_and_ends_when_its_time_is_over()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.RunningAsync(Spec("d1") with { Init = [.. Init] });

        // More than all that is on the way holds: pipes, queues and the agent.
        string much = string.Concat(Enumerable.Range(0, 600_000).Select(i => i.ToString("D6", CultureInfo.InvariantCulture) + "\n"));
        ExecRequest deaf = new(["sleep", "1000"]) { StandardInput = much, Timeout = TimeSpan.FromSeconds(2) };
        Assert.True((await domain.ExecAsync(deaf).WaitAsync(Patience)).TimedOut);

        await using (ZoneProcess process = await domain.StartAsync(new ExecRequest(["sh", "-c", "trap 'exit 7' USR1; echo ready; while :; do sleep 0.1; done"])))
        {
            using StreamReader output = new(process.StandardOutput!);
            Assert.Equal("ready", await output.ReadLineAsync());
            Task writing = process.StandardInput!.WriteAsync(Encoding.ASCII.GetBytes(much)).AsTask();
            await Task.Delay(TimeSpan.FromSeconds(1));
            await Task.Run(() => process.Signal(UserSignal)).WaitAsync(Patience);
            Assert.Equal(new ExitStatus(7), await process.WaitAsync().WaitAsync(Patience));
            await Assert.ThrowsAnyAsync<IOException>(() => writing);
        }

        // Nobody reads what it prints.
        await using (ZoneProcess process = await domain.StartAsync(new ExecRequest(["sh", "-c", "trap 'touch /tmp/heard; exit' USR1; yes"])))
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            process.Signal(UserSignal);
            await Eventually.TrueAsync(Patience, async () => (await domain.ExecAsync(["test", "-e", "/tmp/heard"])).ExitCode == 0);
        }

        // All of it arrives where it is read.
        Assert.Equal(much, (await domain.ExecAsync(new ExecRequest(["cat"]) { StandardInput = much })).StandardOutput);
    }

    [Fact]
    public async Task Init_may_end_by_itself_and_its_status_is_the_domains()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.RunningAsync(Spec("d1") with { Init = ["/bin/sh", "-c", "sleep 1; exit 42"] });
        await Eventually.TrueAsync(Patience, async () => (await domain.InfoAsync()).State == ZoneState.Installed);
        Assert.Equal(new ExitStatus(42), (await domain.InfoAsync()).LastExit);
    }

    [Fact]
    public async Task A_boot_that_fails_says_why_with_the_last_of_its_console_and_leaves_nothing()
    {
        using TemporaryDirectory none = new();
        KernelFilesTests.MakeKernel(none.Path, "6.1.0");
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.InstalledAsync(Spec("d1") with { Init = ["/no/such/program"] });
        Assert.Contains("init: /no/such/program: cannot execute: errno 2", await BootFailsAsync(domain));

        Zone panics = await test.InstalledAsync(Spec("d2") with { Domain = new() { Kernel = GuestImage.Get().Package, KernelArgs = ["rdinit=/none", "root=none"] } });
        string problem = await BootFailsAsync(panics);
        Assert.Contains("the domain's kernel has ended before init ran; its console ends:\n", problem);
        Assert.Contains("Kernel panic", problem);

        // Memory in which the initial root cannot be unpacked, as a kernel finds that is told to use less than it has.
        Zone small = await test.InstalledAsync(Spec("d4") with { Domain = new() { Kernel = GuestImage.Get().Package, KernelArgs = ["mem=64M"] } });
        Assert.Contains("Kernel panic - not syncing: System is deadlocked on memory", await BootFailsAsync(small));

        // What QEMU itself has to say stands there too.
        Zone broken = await test.InstalledAsync(Spec("d3") with { Domain = new() { Kernel = none.Path } });
        Assert.Contains("has ended before init ran; its console ends:\n", await BootFailsAsync(broken));
    }

    [Fact]
    public async Task A_boot_that_is_cancelled_leaves_nothing()
    {
        await using TestHost test = new(options => options.UseDomains());
        Zone domain = await test.InstalledAsync(Spec("d1") with { Init = [.. Init], Domain = new() { Kernel = GuestImage.Get().Package, KernelArgs = ["rdinit=/bin/sleep", "--", "1000"] } });
        using CancellationTokenSource stop = new();
        Task boot = domain.BootAsync(cancellationToken: stop.Token);
        await Eventually.TrueAsync(Patience, async () => await domain.LogsAsync().AnyAsync(line => line.Length > 0, CancellationToken.None));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => boot.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(ZoneState.Installed, (await domain.InfoAsync()).State);
    }

    internal static async Task<string> BootFailsAsync(Zone domain)
    {
        ZoneException failed = await Assert.ThrowsAnyAsync<ZoneException>(() => domain.BootAsync());
        Assert.Equal(ZoneState.Installed, (await domain.InfoAsync()).State);
        return failed.Message;
    }

    internal static ZoneSpec Spec(string name) => new()
    {
        Zone = name,
        Brand = ZoneBrand.Domain,
        Root = ZoneRoot.Directory(GuestImage.Get().Base) with { Type = RootType.Whole },
        Domain = new() { Kernel = GuestImage.Get().Package },
        CappedMemory = new(DataSize.MiB(256)),
    };

    internal static async Task<string> OutputAsync(Zone domain, string script)
    {
        ExecResult result = await domain.ExecAsync(["sh", "-c", script]);
        Assert.True(result is { ExitCode: 0, StandardError: "" }, $"{script}: {result.ExitCode}\n{result.StandardError}");
        return result.StandardOutput;
    }

    /// <summary>The process of the root's NFS server.</summary>
    internal static int Server(TestHost test) =>
        int.Parse(File.ReadAllText(Assert.Single(Directory.GetFiles(test.State + "/run", "root-*.server"))).Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>QEMU: the child of the carrier's process 1.</summary>
    internal static int Machine(ZoneInfo info) => Assert.Single(ZonedProcesses.Children(info.Pid!.Value));
}
