using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>Our NFSv3 server beside nfs-ganesha: one directory, one client, in turns.</summary>
internal static class Nfs
{
    /// <summary>Connections, and calls in flight on each.</summary>
    private static readonly (int Connections, int InFlight)[] s_loads = [(1, 1), (1, 32), (16, 1), (16, 2)];

    private static readonly (string Name, NfsWork Work, int Calls)[] s_works =
    [
        ("READ 1 MiB in sequence", NfsWorks.Sequential(1 << 20), 64),
        ("READ 64 KiB in sequence", NfsWorks.Sequential(64 << 10), 512),
        ("READ 4 KiB at random", NfsWorks.RandomAsync, 2048),
        ("GETATTR", NfsWorks.GetattrAsync, 2048),
        ("LOOKUP", NfsWorks.LookupAsync, 2048),
        ("ACCESS", NfsWorks.AccessAsync, 2048),
        ("READDIRPLUS of 50,000 entries", NfsWorks.ListAsync, 1),
    ];

    public static async Task<Row[]> BesideGaneshaAsync(Subject subject)
    {
        const double most = 1.0;
        int samples = Math.Max(5, subject.Settings.Samples / 5);
        List<Row> rows = [];
        string directory = Directory.CreateDirectory(Path.Combine(subject.Directory, "nfs")).FullName;
        await using NfsPeers peers = await NfsPeers.StartAsync(Path.Combine(AppContext.BaseDirectory, "zone"), directory);
        foreach ((int connections, int inFlight) in s_loads)
        {
            await using NfsLoad ours = await NfsLoad.OpenAsync(peers.Ours, connections);
            await using NfsLoad ganesha = await NfsLoad.OpenAsync(peers.Ganesha, connections);
            foreach ((string name, NfsWork work, int calls) in s_works)
            {
                // One call at a time finds the scheduler in one mood or another for a while: many short turns, so that both sides see all of them.
                bool single = connections * inFlight == 1;
                int count = calls == 1 ? Math.Max(1, connections * inFlight / 8) : single ? calls / 16 : calls;
                (Samples Ours, Samples Other) measured = await Samples.InTurnsAsync(
                    calls == 1 ? Math.Max(5, samples / 2) : single ? 4 * samples : samples, TimeSpan.Zero, () => ours.RunAsync(work, inFlight, count), () => ganesha.RunAsync(work, inFlight, count));
                string load = connections == 1 ? $"{inFlight} in flight" : $"{connections} connections, {connections * inFlight} in flight";
                rows.Add(Row.Compare($"NFS {name}, {load}, time a call; beside: nfs-ganesha", measured, most, "at most ganesha's"));
            }
        }

        rows.AddRange(await ProcessorAsync(peers));
        return [.. rows];
    }

    /// <summary>Processor time of the servers for a call, and what memory they have in the end.</summary>
    private static async Task<Row[]> ProcessorAsync(NfsPeers peers)
    {
        const int calls = 20_000, connections = 4, inFlight = 8;
        double[] processor = new double[2];
        double[] memory = new double[2];
        for (int i = 0; i < 2; i++)
        {
            await using NfsLoad load = await NfsLoad.OpenAsync(i == 0 ? peers.Ours : peers.Ganesha, connections);
            await load.RunAsync(NfsWorks.GetattrAsync, inFlight, calls);
            double before = peers.Usage(i == 0).Processor;
            await load.RunAsync(NfsWorks.GetattrAsync, inFlight, calls);
            (double after, memory[i]) = peers.Usage(i == 0);
            processor[i] = (after - before) * 1000 / calls;
        }

        return
        [
            new("NFS server, processor time for a GETATTR; beside: nfs-ganesha", Microseconds(processor[0]), Microseconds(processor[1]), processor[0] / processor[1], "", null),
            new("NFS server, private memory after all of this; beside: nfs-ganesha", Mebibytes(memory[0]), Mebibytes(memory[1]), memory[0] / memory[1], "", null),
        ];
    }

    private static string Microseconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " µs";

    private static string Mebibytes(double value) => (value / (1 << 20)).ToString("0.0", CultureInfo.InvariantCulture) + " MiB";
}
