using System.Diagnostics;
using System.Globalization;
using Zones.Network;

namespace Zones.Benchmarks;

/// <summary>TCP between zones and from a zone to the host, beside the same veths and bridge made by ip(8) in a network namespace where nothing
/// else is: no table of ours, no filter. tcp.c on both, each end on a processor of its own.</summary>
internal static class NetworkLoad
{
    private const string Port = "7000", Milliseconds = "300";
    private const int Turns = 21;
    private const string FilterSwitch = "/proc/sys/net/bridge/bridge-nf-call-iptables", FilterSwitch6 = "/proc/sys/net/bridge/bridge-nf-call-ip6tables";

    private static readonly (string What, string Unit, string[] Command)[] s_loads =
    [
        ("gigabits a second, one stream", "Gbit/s", ["send", Port, Milliseconds, "1", "131072"]),
        ("gigabits a second, eight streams", "Gbit/s", ["send", Port, Milliseconds, "8", "131072"]),
        ("gigabits a second, writes of 1 KiB", "Gbit/s", ["send", Port, Milliseconds, "1", "1024"]),
        ("requests of a byte a second", "/s", ["ask", Port, Milliseconds]),
    ];

    public static async Task<Row[]> BesideIpAsync(Subject subject)
    {
        NetworkBoots.RequireOwnNamespace();
        Zone server = await NetworkBoots.MakeAsync(subject, "server"), client = await NetworkBoots.MakeAsync(subject, "client");
        await subject.Host.Network().CreatePoolAsync(new("open") { Bridge = "zbr1", Subnets = [new("10.66.0.0/24")] });
        Zone openServer = await OpenAsync(subject, "open-server"), openClient = await OpenAsync(subject, "open-client");
        string[] names = ["server", "client", "open-server", "open-client"];
        Task.WaitAll([.. names.Select(name => subject.Host.BootAsync(name))]);
        Configure(await EnterAsync(openServer), "10.66.0.2");
        Configure(await EnterAsync(openClient), "10.66.0.3");
        string address = (await subject.Host.Network().LeasesAsync("server"))[0].Address;

        // Where br_netfilter is built in, or there for somebody else, it is on for all bridges of a new namespace; here each bridge has it
        // only where it asks for it, as on a host where it comes with the first zone that needs it.
        File.WriteAllText(FilterSwitch, "0");
        File.WriteAllText(FilterSwitch6, "0");
        using PlainPair plain = new(subject.Settings);
        string program = subject.Settings.Tcp;
        using Process inZone = Serve(program, await EnterAsync(server)), inOpenZone = Serve(program, await EnterAsync(openServer)), onHost = Serve(program, []);
        string[] fromZone = await EnterAsync(client), fromOpenZone = await EnterAsync(openClient);
        List<Row> rows = [];
        foreach ((string what, string unit, string[] load) in s_loads)
        {
            async Task AddAsync(string way, string[] enter, string to, string plainTo)
            {
                (Samples, Samples) rates = await Samples.InTurnsAsync(
                    Turns,
                    TimeSpan.Zero,
                    () => Task.FromResult(Measure(program, enter, to, load)),
                    () => Task.FromResult(Measure(program, plain.Enter(2), plainTo, load)),
                    compile: false,
                    warmUp: 1);
                rows.Add(Row.CompareRates($"TCP {way}, {what}; veth and bridge by `ip`", rates, unit, 0.98, "≥ 0.98 × it"));
            }

            await AddAsync("from zone to zone that no rule is asked about", fromOpenZone, "10.66.0.2", "10.65.0.1");
            await AddAsync("from a zone that no rule is asked about to the host", fromOpenZone, "10.66.0.1", "10.65.0.254");
            await AddAsync("from zone to zone, with rules", fromZone, address, "10.65.0.1");
            await AddAsync("from a zone with rules to the host", fromZone, "10.64.0.1", "10.65.0.254");
        }

        foreach (Process process in (Process[])[inZone, inOpenZone, onHost])
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        foreach (string name in names)
        {
            await subject.Host.DeleteAsync(name, force: true);
        }

        await subject.Host.Network().DeletePoolAsync("open");
        return [.. rows];
    }

    /// <summary>A zone whose link has no <c>allowed-address</c>: no rules are asked about it.</summary>
    private static async Task<Zone> OpenAsync(Subject subject, string name)
    {
        Zone zone = await subject.Host.CreateAsync(Subject.Spec(name, "/bin/sleep", "infinity") with { Anet = [new("net0") { LowerLink = "zbr1" }] });
        await zone.InstallAsync();
        return zone;
    }

    private static void Configure(string[] enter, string address) => Command.Run([.. enter, "ip", "addr", "add", address + "/24", "dev", "net0"]);

    private static double Measure(string program, string[] enter, string address, string[] load)
    {
        using Process process = Start([.. enter, "taskset", "-c", (Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture), program, load[0], address, .. load[1..]]);
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(said, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"tcp {string.Join(' ', load)} to {address} ended with {process.ExitCode}");
    }

    private static Process Serve(string program, string[] enter)
    {
        Process process = Start([.. enter, "taskset", "-c", "0", program, "serve", Port]);
        process.StandardOutput.ReadLine();
        return process;
    }

    private static async Task<string[]> EnterAsync(Zone zone) => Enter((await zone.InfoAsync()).Pid!.Value);

    private static string[] Enter(int pid) => ["nsenter", "-t", pid.ToString(CultureInfo.InvariantCulture), "-n"];

    private static Process Start(string[] words) => Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true })!;

    /// <summary>A host, as it were, with a bridge and two network namespaces on it, made by ip(8); servers on the host and on the first.</summary>
    private sealed class PlainPair : IDisposable
    {
        private readonly List<Process> _processes = [];

        public PlainPair(Settings settings)
        {
            for (int i = 0; i <= 2; i++)
            {
                Process holder = Start(["unshare", "--net", "sh", "-c", "ip link set lo up; echo; exec sleep infinity"]);
                holder.StandardOutput.ReadLine();
                _processes.Add(holder);
            }

            Command.Run([.. Enter(0), "sh", "-c", $"echo 0 > {FilterSwitch}; echo 0 > {FilterSwitch6}; ip link add plain0 type bridge && ip addr add 10.65.0.254/24 dev plain0 && ip link set plain0 up"]);
            for (int i = 1; i <= 2; i++)
            {
                string enter = string.Join(' ', Enter(i));
                Command.Run([.. Enter(0), "sh", "-c", $"ip link add plain{i} type veth peer name net0 netns {_processes[i].Id} && ip link set plain{i} master plain0 up && {enter} sh -c 'ip addr add 10.65.0.{i}/24 dev net0 && ip link set net0 up'"]);
            }

            _processes.Add(Serve(settings.Tcp, Enter(0)));
            _processes.Add(Serve(settings.Tcp, Enter(1)));
        }

        /// <summary>The command that leads into one of the three: 0 is the host.</summary>
        public string[] Enter(int which) => NetworkLoad.Enter(_processes[which].Id);

        public void Dispose()
        {
            foreach (Process process in _processes)
            {
                process.Kill();
                process.WaitForExit();
                process.Dispose();
            }
        }
    }
}
