using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Zones.Tests.Support;

namespace Zones.Tests.Storage;

/// <summary>nfs-ganesha, a server that others wrote, with one export, in network, mount and process namespaces of its own behind a
/// pair of links: whatever else runs here has other ports, and nothing of it is left when it ends.</summary>
internal sealed class Ganesha : IAsyncDisposable
{
    private static int s_last;

    private readonly TemporaryDirectory _directory = new();
    private readonly int _number = Interlocked.Increment(ref s_last);
    private readonly string _access;
    private Process? _process;

    private Ganesha(string? export) =>
        (Files, _access) = export is null ? (Directory.CreateDirectory(Path.Combine(_directory.Path, "export")).FullName, "RW") : (export, "RO");

    /// <summary>What is exported.</summary>
    public string Files { get; }

    /// <summary>Its address, on the other end of the link.</summary>
    public string Address => $"{Network}.2";

    /// <summary>The export as a spec names it.</summary>
    public string Export => $"nfs://{Address}/export";

    /// <summary>Of ganesha itself.</summary>
    public int Pid { get; private set; }

    private string Network => string.Create(CultureInfo.InvariantCulture, $"10.{200 + (Environment.ProcessId % 50)}.{_number % 250}");

    private string Link => string.Create(CultureInfo.InvariantCulture, $"zg{Environment.ProcessId % 100_000}-{_number}");

    /// <summary>Starts a server.</summary>
    /// <param name="export">A directory that is only to be read; null for one of its own that clients may write to.</param>
    public static async Task<Ganesha> StartAsync(string? export)
    {
        Ganesha server = new(export);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, with the handles that it gave before.</summary>
    public async Task StartAsync()
    {
        string configuration = _directory.Path + "/ganesha.conf", log = _directory.Path + "/log", script = _directory.Path + "/run.sh";
        await File.WriteAllTextAsync(configuration, $$"""
            NFS_CORE_PARAM { Protocols = 3; NFS_Port = 2049; MNT_Port = 20048; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; mount_path_pseudo = true; }
            EXPORT { Export_Id = 1; Path = {{Files}}; Pseudo = /export; Access_Type = {{_access}}; Squash = No_Root_Squash; SecType = sys; FSAL { Name = VFS; } }

            """);

        // The directory /run is its own: rpcbind's socket there would be the host's. It goes on when its link is there.
        await File.WriteAllTextAsync(script, $"""
            read go
            ip link set lo up && ip address add {Network}.2/30 dev {Link}b && ip link set {Link}b up || exit 1
            mount -t tmpfs tmpfs /run
            mkdir -p /run/ganesha
            rpcbind -w
            exec ganesha.nfsd -F -f {configuration} -L {log} -p /run/ganesha.pid -N NIV_EVENT
            """);
        // While the link is away nothing may go to whoever is behind the default route.
        await RunAsync("ip", "route", "replace", "unreachable", Network + ".0/30", "metric", "4096");
        _process = Process.Start(new ProcessStartInfo("unshare", ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", script]) { RedirectStandardInput = true })!;
        Pid = await ChildOf(_process.Id);
        await RunAsync("ip", "link", "add", Link + "a", "type", "veth", "peer", "name", Link + "b", "netns", Pid.ToString(CultureInfo.InvariantCulture));
        await RunAsync("ip", "address", "add", Network + ".1/30", "dev", Link + "a");
        await RunAsync("ip", "link", "set", Link + "a", "up");
        await _process.StandardInput.WriteLineAsync("go");
        for (int i = 0; ; i++)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(Address), 2049).WaitAsync(TimeSpan.FromSeconds(1));
                return;
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                Assert.False(_process.HasExited || i > 300, $"ganesha does not start: {(File.Exists(log) ? await File.ReadAllTextAsync(log) : "no log")}");
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Ends it, as a server that crashed; its namespaces and its link go with it.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
            for (int i = 0; i < 200 && Directory.Exists($"/sys/class/net/{Link}a"); i++)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Stops it in its tracks or lets it go on: connections stay, answers do not come.</summary>
    public Task PauseAsync(bool pause) => PauseAsync(Pid, pause);

    /// <summary>Stops a process and waits until every thread of it stands still: on a busy host that takes a while.</summary>
    public static async Task PauseAsync(int pid, bool pause)
    {
        await RunAsync("kill", pause ? "-STOP" : "-CONT", pid.ToString(CultureInfo.InvariantCulture));
        while (pause && Directory.GetDirectories($"/proc/{pid}/task").Any(thread => !File.ReadAllText(thread + "/stat").Contains(") T ", StringComparison.Ordinal)))
        {
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await RunAsync("ip", "route", "delete", "unreachable", Network + ".0/30");
        _directory.Dispose();
    }

    private static async Task<int> ChildOf(int parent)
    {
        string children = $"/proc/{parent}/task/{parent}/children";
        for (int i = 0; i < 500; i++)
        {
            string text = await File.ReadAllTextAsync(children);
            if (text.Trim() is { Length: > 0 } child)
            {
                return int.Parse(child.Split(' ')[0], CultureInfo.InvariantCulture);
            }

            await Task.Delay(10);
        }

        throw new InvalidOperationException("unshare started nothing");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}");
    }
}
