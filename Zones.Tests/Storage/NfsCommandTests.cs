using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Tests.Support;

namespace Zones.Tests.Storage;

/// <summary><c>zone nfs</c> as a process.</summary>
public sealed partial class NfsCommandTests
{
    [Fact]
    public async Task It_serves_tells_what_it_did_reads_its_exports_again_and_ends_when_told()
    {
        using ExportDirectory files = new();
        files.Write("file", "content");
        string exports = Path.Combine(files.Outside, "exports");
        File.WriteAllText(exports, $"# what there is\n\none={files.Inside}\n");
        ZoneCli zone = new(files.State);
        using Process server = zone.Start("nfs", "serve", "--exports", exports);
        string first = (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
        Assert.StartsWith($"{files.Inside} as 127.0.0.1:/one, read-only: -o vers=3,", first);
        int port = int.Parse(Port().Match(first).Groups[1].Value);
        await using RpcClient rpc = new(new RpcClientOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, port) });
        Mount3Client mount = new(rpc);
        Assert.Equal(Mountstat3.MNT3_OK, (await mount.MntAsync("/one")).FhsStatus);
        Assert.Equal(Mountstat3.MNT3ERR_NOENT, (await mount.MntAsync("/two")).FhsStatus);

        JsonNode told = JsonNode.Parse(await zone.OkAsync("nfs", "stat", "--format", "json"))!;
        Assert.Equal(1, (int)told["connections"]!);
        Assert.Equal(("MOUNT MNT", 2, 1), ((string)told["procedures"]![0]!["name"]!, (int)told["procedures"]![0]!["calls"]!, (int)told["procedures"]![0]!["errors"]!));
        Assert.Matches(@"MOUNT MNT +2 +[\d.]+ +1 ", await zone.OkAsync("nfs", "stat"));

        File.AppendAllText(exports, $"two={files.Outside},rw\n");
        Mono.Unix.Native.Syscall.kill(server.Id, Mono.Unix.Native.Signum.SIGHUP);
        for (int tries = 0; (await mount.MntAsync("/two")).FhsStatus != Mountstat3.MNT3_OK; tries++)
        {
            Assert.InRange(tries, 0, 1000);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        File.AppendAllText(exports, "three\n");
        Mono.Unix.Native.Syscall.kill(server.Id, Mono.Unix.Native.Signum.SIGHUP);
        Assert.Equal($"zone: {exports}:5: 'three' is no export; it is NAME=DIR[,OPTION…]; the exports are what they were", await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Mountstat3.MNT3_OK, (await mount.MntAsync("/two")).FhsStatus);

        Mono.Unix.Native.Syscall.kill(server.Id, Mono.Unix.Native.Signum.SIGTERM);
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, server.ExitCode);
        Assert.Empty(Directory.GetFiles(Path.Combine(files.State, "nfs"), "*.sock"));
        Assert.StartsWith($"zone: {files.State}/nfs: no NFS server of this state directory runs", await zone.FailAsync(1, "nfs", "stat"));
    }

    [Fact]
    public async Task A_directory_that_is_not_there_or_an_address_that_is_not_ours_is_an_error()
    {
        using ExportDirectory files = new();
        ZoneCli zone = new(files.State);
        Assert.StartsWith($"zone: {files.Inside}/none: cannot export it: ENOENT", await zone.FailAsync(1, "nfs", "serve", "--export", $"x={files.Inside}/none"));
        Assert.StartsWith("zone: 192.0.2.1:2049: cannot listen there: ", await zone.FailAsync(1, "nfs", "serve", "--listen", "192.0.2.1", "--port", "2049", "--export", $"x={files.Inside}"));
    }

    [GeneratedRegex(",port=([0-9]+),")]
    private static partial Regex Port();
}
