using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zones.Benchmarks;

/// <summary>nfs-ganesha and our server over one directory, side by side in one network namespace, so that calls to both go the same way:
/// through a pair of links from the host's.</summary>
internal sealed class NfsPeers : IAsyncDisposable
{
    private const int GaneshaPort = 2049, GaneshaMountPort = 20048, OurPort = 2050;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _directory;
    private readonly string _link = $"znb{Environment.ProcessId % 1_000_000}";
    private readonly Process _shell;

    private NfsPeers(string zone, string directory)
    {
        _directory = directory;
        string files = Directory.CreateDirectory(Path.Combine(directory, "files")).FullName;
        NfsTree.Make(files);
        File.WriteAllText(Path.Combine(directory, "ganesha.conf"), $$"""
            NFS_CORE_PARAM { Protocols = 3; NFS_Port = {{GaneshaPort}}; MNT_Port = {{GaneshaMountPort}}; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }
            EXPORT { Export_Id = 1; Path = {{files}}; Pseudo = /bench; Access_Type = RO; Squash = No_Root_Squash; SecType = sys; FSAL { Name = VFS; } }

            """);
        File.WriteAllText(Path.Combine(directory, "run.sh"), $"""
            read go
            ip link set lo up && ip address add 10.213.77.2/30 dev {_link}b && ip link set {_link}b up || exit 1
            mount -t tmpfs tmpfs /run
            mkdir -p /run/ganesha
            rpcbind -w -f &
            echo $! > rpcbind.pid
            sleep 0.5
            ganesha.nfsd -F -f ganesha.conf -L {directory}/log -p /run/ganesha.pid -N NIV_EVENT &
            echo $! > ganesha.pid
            {zone} nfs serve --state {directory}/state --listen 0.0.0.0 --port {OurPort} --export bench={files},squash=none &
            echo $! > zone.pid
            wait

            """);
        _shell = Process.Start(new ProcessStartInfo("unshare", ["--net", "--mount", "sh", "run.sh"]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = directory })!;
        Ours = new(Address(OurPort), Address(OurPort), "/bench");
        Ganesha = new(Address(GaneshaPort), Address(GaneshaMountPort), files);
    }

    public NfsEnds Ours { get; }

    public NfsEnds Ganesha { get; }

    public static async Task<NfsPeers> StartAsync(string zone, string directory)
    {
        NfsPeers peers = new(zone, directory);
        try
        {
            await EventuallyAsync(() => File.ReadAllText($"/proc/{peers._shell.Id}/comm").Trim() == "sh");
            await RunAsync($"link add {peers._link}a type veth peer name {peers._link}b netns {peers._shell.Id}");
            await RunAsync($"address add 10.213.77.1/30 dev {peers._link}a");
            await RunAsync($"link set {peers._link}a up");
            peers._shell.StandardInput.WriteLine("go");
            peers._shell.StandardInput.Flush();
            foreach (IPEndPoint end in (IPEndPoint[])[peers.Ours.Nfs, peers.Ganesha.Nfs, peers.Ganesha.Mount])
            {
                await EventuallyAsync(() => Answers(end));
            }

            return peers;
        }
        catch
        {
            await peers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Processor time so far in milliseconds, and private memory in bytes.</summary>
    public (double Processor, double Memory) Usage(bool ours)
    {
        int pid = int.Parse(File.ReadAllText(Path.Combine(_directory, ours ? "zone.pid" : "ganesha.pid")), CultureInfo.InvariantCulture);
        using Process server = Process.GetProcessById(pid);
        string anonymous = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal));
        return (server.TotalProcessorTime.TotalMilliseconds, double.Parse(anonymous.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string file in (string[])["zone.pid", "ganesha.pid", "rpcbind.pid"])
        {
            if (File.Exists(Path.Combine(_directory, file)))
            {
                Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(_directory, file)), CultureInfo.InvariantCulture)).Kill();
            }
        }

        // The shell ends with its last child; killed before, it would leave their remains to process 1.
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        await RunAsync($"link delete {_link}a", check: false);
    }

    private static IPEndPoint Address(int port) => new(IPAddress.Parse("10.213.77.2"), port);

    private static bool Answers(IPEndPoint end)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(end);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds; !condition(); await Task.Delay(20))
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException("an NFS server does not start");
            }
        }
    }

    private static async Task RunAsync(string arguments, bool check = true)
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = !check })!;
        await ip.WaitForExitAsync();
        if (check && ip.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: exit status {ip.ExitCode}");
        }
    }
}
