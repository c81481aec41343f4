using System.Diagnostics.Metrics;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Storage.Nfs;

namespace Zones.Tests.Storage;

/// <summary>What is seen from outside.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public async Task Calls_errors_and_bytes_are_counted_by_procedure_and_by_client()
    {
        await using ServedDirectory served = new();
        served.Files.Write("file", new string('x', 5000));
        NfsFh3 file = await served.HandleAsync("file");
        await served.ReadAsync(file);
        await served.Nfs.SetattrAsync(new Setattr3Args(file, default, default));
        await Assert.ThrowsAsync<RpcCallException>(async () => await served.Nfs.Rpc.CallAsync<XdrVoid, XdrVoid>(100227, 3, 0, default));

        NfsStatistics statistics = served.Server.Statistics();
        Assert.Equal(["SETATTR", "LOOKUP", "READ", "MOUNT MNT", "not understood"], statistics.Procedures.Select(procedure => procedure.Name));
        NfsCallStatistics read = statistics.Procedures.Single(procedure => procedure.Name == "READ");
        Assert.Equal((1, 0), (read.Calls, read.Errors));
        Assert.InRange(read.BytesSent, 5000, 5300);
        Assert.True(read.Median > TimeSpan.Zero && read.Median <= read.Percentile90 && read.Percentile90 <= read.Percentile99);
        Assert.Equal((1, 1), (statistics.Procedures[0].Calls, statistics.Procedures[0].Errors));
        NfsCallStatistics client = Assert.Single(statistics.Clients);
        Assert.Equal(("127.0.0.1", 5, 2), (client.Name, client.Calls, client.Errors));
        Assert.Equal(1, statistics.Connections);
    }

    [Fact]
    public async Task Whoever_connects_to_the_socket_gets_them()
    {
        await using ServedDirectory served = new();
        await served.HandleAsync();
        string path = Path.Combine(served.Files.State, "1.sock");
        await using (NfsStatisticsSocket.Open(served.Server, path))
        {
            NfsStatistics read = await NfsStatisticsSocket.ReadAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(served.Server.Statistics().Procedures.Single(), read.Procedures.Single());
        }

        Assert.False(File.Exists(path));
        Assert.Contains("at most 107 bytes", Assert.Throws<ZoneException>(() => NfsStatisticsSocket.Open(served.Server, "/" + new string('a', 107))).Message);
        ZoneException e = await Assert.ThrowsAsync<ZoneException>(() => NfsStatisticsSocket.ReadAsync(path, TestContext.Current.CancellationToken));
        Assert.StartsWith(path + ": no server answers there", e.Message);
    }

    [Fact]
    public async Task Meters_tell_the_same()
    {
        List<string> procedures = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Zones.Storage" && instrument.Name == "zones.nfs.server.call.duration")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            lock (procedures)
            {
                procedures.Add((string)tags[0].Value!);
            }
        });
        listener.Start();
        await using ServedDirectory served = new();
        await served.Nfs.PathconfAsync(new Pathconf3Args(await served.HandleAsync()));
        lock (procedures)
        {
            Assert.Contains("PATHCONF", procedures);
        }
    }

    [Fact]
    public void Percentiles_are_right_to_an_eighth()
    {
        LatencyHistogram histogram = new();
        for (int i = 1; i <= 100_000; i++)
        {
            histogram.Add(i);
        }

        long[] found = histogram.Percentiles(0.001, 0.5, 0.9, 0.99, 1);
        long[] expected = [100, 50_000, 90_000, 99_000, 100_000];
        for (int i = 0; i < found.Length; i++)
        {
            Assert.InRange(found[i], expected[i], expected[i] * 1.13);
        }

        histogram.Add(long.MaxValue);
        histogram.Add(-5);
        Assert.Equal([0, 0], new LatencyHistogram().Percentiles(0.5, 1));
    }
}
