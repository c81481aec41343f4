using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Zones.Benchmarks;

/// <summary>TCP between zones and from a zone to the host, beside the same veth and bridge made by ip(8): iperf3 on both.</summary>
internal static class NetworkLoad
{
    private const string Seconds = "2";

    public static async Task<Row[]> ThroughputAsync(Subject subject)
    {
        NetworkBoots.RequireOwnNamespace();
        Zone server = await NetworkBoots.MakeAsync(subject, "server");
        Zone client = await NetworkBoots.MakeAsync(subject, "client");
        await server.BootAsync();
        await client.BootAsync();
        string address = (await Zones.Network.NetworkExtensions.Network(subject.Host).LeasesAsync("server"))[0].Address;
        string serverPid = await PidAsync(server), clientPid = await PidAsync(client);
        using PlainPair plain = new();
        List<Row> rows = [];
        foreach ((string what, string[] options) in (ReadOnlySpan<(string, string[])>)[("one stream", []), ("eight streams", ["-P", "8"]), ("packets of 1 KiB", ["-l", "1024", "-N"])])
        {
            rows.Add(Rates($"TCP from zone to zone, {what}; veth and bridge by `ip`", 5,
                () => Rate(Net(serverPid), Net(clientPid), address, options),
                () => Rate(plain.Enter(1), plain.Enter(2), "10.65.0.1", options)));
        }

        rows.Add(Rates("TCP from a zone to the host, one stream; veth and bridge by `ip`", 5,
            () => Rate([], Net(clientPid), "10.64.0.1", []),
            () => Rate([], plain.Enter(2), "10.65.0.254", [])));
        await server.DeleteAsync(force: true);
        await client.DeleteAsync(force: true);
        return [.. rows];
    }

    /// <summary>Gigabits a second; more is better, so the ratio has ours on top.</summary>
    private static Row Rates(string what, int count, Func<double> ours, Func<double> other)
    {
        List<double> first = [], second = [];
        for (int i = 0; i < count; i++)
        {
            first.Add(ours());
            second.Add(other());
        }

        double mine = Median(first), theirs = Median(second), ratio = mine / theirs;
        return new(what, Text(mine), Text(theirs), ratio, "≥ 0.98 × it", ratio >= 0.98);

        static double Median(List<double> all) => all.Order().ElementAt(all.Count / 2);

        static string Text(double rate) => rate.ToString("0.0", CultureInfo.InvariantCulture) + " Gbit/s";
    }

    private static double Rate(string[] server, string[] client, string address, string[] options)
    {
        using Process listens = Start([.. server, "iperf3", "-s", "-1"]);
        Thread.Sleep(300); // iperf3 does not say when it listens
        using Process sends = Start([.. client, "iperf3", "-c", address, "-t", Seconds, "-J", .. options]);
        string said = sends.StandardOutput.ReadToEnd();
        sends.WaitForExit();
        listens.Kill();
        listens.WaitForExit();
        using JsonDocument result = JsonDocument.Parse(said);
        return result.RootElement.TryGetProperty("end", out JsonElement end) && end.TryGetProperty("sum_received", out JsonElement sum)
            ? sum.GetProperty("bits_per_second").GetDouble() / 1e9
            : throw new InvalidOperationException($"iperf3: {said}");
    }

    private static string[] Net(string pid) => ["nsenter", "-t", pid, "-n"];

    private static async Task<string> PidAsync(Zone zone) => (await zone.InfoAsync()).Pid!.Value.ToString(CultureInfo.InvariantCulture);

    private static Process Start(string[] words) => Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true })!;

    /// <summary>Two network namespaces on a bridge, without any rule.</summary>
    private sealed class PlainPair : IDisposable
    {
        private readonly Process[] _holders;

        public PlainPair()
        {
            Command.Run(["sh", "-c", "ip link add plain0 type bridge && ip addr add 10.65.0.254/24 dev plain0 && ip link set plain0 up"]);
            _holders = [.. ((int[])[1, 2]).Select(_ => Start(["unshare", "--net", "sh", "-c", "ip link set lo up; echo; exec sleep infinity"]))];
            for (int i = 1; i <= 2; i++)
            {
                _holders[i - 1].StandardOutput.ReadLine();
                string enter = string.Join(' ', Enter(i));
                Command.Run(["sh", "-c", $"ip link add plain{i} type veth peer name net0 netns {_holders[i - 1].Id} && ip link set plain{i} master plain0 up && {enter} sh -c 'ip addr add 10.65.0.{i}/24 dev net0 && ip link set net0 up'"]);
            }
        }

        public string[] Enter(int which) => Net(_holders[which - 1].Id.ToString(CultureInfo.InvariantCulture));

        public void Dispose()
        {
            foreach (Process holder in _holders)
            {
                holder.Kill();
                holder.WaitForExit();
                holder.Dispose();
            }

            Command.Run(["ip", "link", "del", "plain0"]);
        }
    }
}
