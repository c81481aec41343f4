using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>What a process of a zone has of whoever started it: nothing. Init and commands alike, under the oddest of managers.</summary>
public class InheritanceTests
{
    private const string Tell = """
        echo fds $(ls /proc/self/fd | wc -l); echo umask $(umask); echo oom $(cat /proc/self/oom_score_adj); echo nice $(awk '{print $19}' /proc/self/stat);
        echo tty $(awk '{print $7}' /proc/self/stat); echo sid $(awk '{print $6}' /proc/$$/stat) $$;
        grep -E '^(Sig|Shd|Groups|NoNewPrivs|Cpus_allowed_list)' /proc/self/status; echo files $(ulimit -n) $(ulimit -Hn); env | sort; echo end
        """;

    private static readonly string[] Variables =
    [
        "HOME=/root", "LOGNAME=root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PWD=/", "USER=root", "container=zone",
    ];

    [Fact]
    public async Task Nothing_of_an_odd_manager_reaches_init_or_a_command()
    {
        await using TestHost test = new();
        Zone zone = await test.InstalledAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", Tell + "; exec sleep inf"] });
        await OddManager.RunAsync(test, "boot", "z1");
        Check(await OddManager.RunAsync(test, "exec", "z1", "--", "sh", "-c", Tell), command: true);
        string log = "";
        await Eventually.TrueAsync(async () => (log = string.Join('\n', await zone.LogsAsync().ToListAsync())).Contains("\nend", StringComparison.Ordinal), "init told nothing");
        Check(log, command: false);
    }

    [Fact]
    public async Task Descriptors_that_the_manager_let_be_inherited_are_not_inside()
    {
        await using TestHost test = new();
        string file = Path.Combine(test.State, "open");
        File.WriteAllText(file, OddManager.Secret);
        using Zones.Interop.SafeFd open = Inside.OpenInherited(file);
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Init = ["/bin/sh", "-c", "ls -l /proc/self/fd; exec sleep inf"] });
        string listing = await zone.ShellAsync("ls -l /proc/self/fd; ls -l /proc/1/fd 2>&1 || :");
        Assert.DoesNotContain(file, listing, StringComparison.Ordinal);
        Assert.Equal("012", await zone.PerlAsync("print grep { -l qq(/proc/self/fd/$_) } 0..1000"));
    }

    [Fact]
    public async Task Zoned_s_own_file_which_a_command_can_name_cannot_be_changed()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Security = new() { UserNamespace = false } });
        string file = Assert.Single(Directory.GetFiles(Path.Combine(test.State, "bin")));
        UnixFileMode mode = File.GetUnixFileMode(file);

        // What the helper was that becomes the command (CVE-2019-5736); it waits for what its standard input says.
        await using ZoneProcess held = await zone.StartAsync(new ExecRequest(["/proc/self/exe", "spawner", "0", "0"]) { Io = ExecIo.Pipes });
        const string exe = "$(dirname $(grep -lx zoned-spawner /proc/[0-9]*/comm))/exe";
        await Eventually.TrueAsync(() => zone.SucceedsAsync($"head -c 1 {exe} > /dev/null"), "waited in vain for zoned inside");
        Assert.False(await zone.SucceedsAsync($"chmod 4755 {exe}"));
        Assert.False(await zone.SucceedsAsync($"chown 1 {exe}"));
        Assert.Equal(mode, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_command_has_a_session_keyring_of_its_own()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Security = new() { Seccomp = "unconfined" } });
        const string keyring = "250, 0, -3, 0"; // KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING
        long here = Wire.Kernel.Call(Wire.Linux.Keyctl, 0, -3, 0);
        (int errno, long first) = await zone.SyscallAsync(keyring);
        Assert.Equal(0, errno);
        Assert.NotEqual(here, first);
        Assert.NotEqual(first, (await zone.SyscallAsync(keyring)).Result);
    }

    [Fact]
    public async Task Signals_limits_and_environment_are_as_a_fresh_machine_s()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Env = new() { ["COLOUR"] = "blue" } });
        ExecResult result = await zone.ExecAsync(new ExecRequest(["env"]) { Environment = new() { ["MORE"] = "1 2" }, User = "www-data" });
        Assert.Equal(
            ["COLOUR=blue", "HOME=/var/www", "LOGNAME=www-data", "MORE=1 2", Variables[2], "SHELL=/usr/sbin/nologin", "USER=www-data", "container=zone"],
            result.StandardOutput.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    private static void Check(string told, bool command)
    {
        string[] lines = told.Split('\n');
        string Value(string name) => lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim(' ', '\t', ':');
        Assert.DoesNotContain(OddManager.Secret, told, StringComparison.Ordinal);
        Assert.Equal("4", Value("fds")); // 0 to 2, and that of ls on the directory
        Assert.Equal("0022", Value("umask"));
        Assert.Equal("0", Value("oom"));
        Assert.Equal("0", Value("nice"));
        Assert.Equal(File.ReadLines("/proc/1/status").First(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)).Split('\t')[1], Value("Cpus_allowed_list"));
        Assert.Equal("0", Value("tty"));
        Assert.Equal("0000000000000000", Value("SigBlk"));
        Assert.Equal("0000000000000000", Value("SigIgn"));
        Assert.Equal(command ? "0" : "", Value("Groups"));
        Assert.Equal("1", Value("NoNewPrivs"));
        Assert.Equal("1024 3000", Value("files")); // a hard limit above the manager's cannot be had without sys_resource
        string[] session = Value("sid").Split(' ');
        Assert.Equal(session[0], session[1]);
        string[] environment = [.. lines.Where(line => line.Contains('=') && !line.StartsWith('_'))];
        Assert.Equal(Variables, environment.Order(StringComparer.Ordinal));
    }
}
