using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zones.Tests.Rpc.Nfs;

/// <summary>A writable directory that nfs-ganesha, a server that others wrote, exports; with an rpcbind of its own, in network, mount and
/// process namespaces that end with it.</summary>
internal sealed class GaneshaExport : IAsyncDisposable
{
    private static int s_last;

    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("zones-ganesha-");
    private readonly string _link;
    private readonly string _network;
    private readonly Process _process;

    private GaneshaExport()
    {
        int number = Interlocked.Increment(ref s_last);
        _link = string.Create(CultureInfo.InvariantCulture, $"zr{Environment.ProcessId % 100_000}-{number}");
        _network = string.Create(CultureInfo.InvariantCulture, $"10.{100 + (Environment.ProcessId % 90)}.{number % 250}");
        Files = Directory.CreateDirectory(Path.Combine(_work.FullName, "export")).FullName;
        File.WriteAllText(Path.Combine(_work.FullName, "ganesha.conf"), $$"""
            NFS_CORE_PARAM { Protocols = 3; NFS_Port = 2049; MNT_Port = 20048; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }
            EXPORT { Export_Id = 1; Path = {{Files}}; Pseudo = /export; Access_Type = RW; Squash = No_Root_Squash; SecType = sys; FSAL { Name = VFS; } }

            """);

        // It goes on when its link is there. The directory /run is its own: rpcbind's socket there would be the host's.
        File.WriteAllText(Path.Combine(_work.FullName, "run.sh"), $"""
            read go
            ip link set lo up && ip address add {_network}.2/30 dev {_link}b && ip link set {_link}b up || exit 1
            mount -t tmpfs tmpfs /run
            mkdir -p /run/ganesha
            rpcbind -w
            exec ganesha.nfsd -F -f ganesha.conf -L {_work.FullName}/log -p /run/ganesha.pid -N NIV_EVENT
            """);
        _process = Process.Start(new ProcessStartInfo("unshare", ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "run.sh"])
        {
            RedirectStandardInput = true,
            WorkingDirectory = _work.FullName,
        })!;
    }

    /// <summary>What is exported.</summary>
    public string Files { get; }

    /// <summary>Where the server is.</summary>
    public string Host => _network + ".2";

    public static async Task<GaneshaExport> StartAsync()
    {
        GaneshaExport export = new();
        try
        {
            await export.ConnectAsync();
            return export;
        }
        catch
        {
            await export.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Eventually.TrueAsync(() => !Directory.Exists($"/sys/class/net/{_link}a"));
        _work.Delete(recursive: true);
    }

    private async Task ConnectAsync()
    {
        string children = $"/proc/{_process.Id}/task/{_process.Id}/children";
        await Eventually.TrueAsync(() => _process.HasExited || File.ReadAllText(children).Trim().Length > 0);
        string child = File.ReadAllText(children).Trim();
        Run("link", "add", _link + "a", "type", "veth", "peer", "name", _link + "b", "netns", child);
        Run("address", "add", _network + ".1/30", "dev", _link + "a");
        Run("link", "set", _link + "a", "up");
        await _process.StandardInput.WriteLineAsync("go");
        await Eventually.TrueAsync(() =>
        {
            Assert.False(_process.HasExited, "ganesha does not start");
            try
            {
                using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(new IPEndPoint(IPAddress.Parse(Host), 2049));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
    }

    private static void Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {error}");
    }
}
