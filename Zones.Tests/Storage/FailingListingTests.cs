using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Tests.Support;

namespace Zones.Tests.Storage;

/// <summary>A disk that fails while a directory is listed: strace(1) has the kernel say so to a server in a process of its own.</summary>
public sealed partial class FailingListingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_listing_that_breaks_off_is_not_taken_for_whole(bool plus)
    {
        using ExportDirectory files = new();
        files.Write("a", "");
        files.Write("b", "");
        using Process server = new ZoneCli(files.State).Start("nfs", "serve", "--export", $"one={files.Inside}");
        try
        {
            string ready = (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
            await using RpcClient rpc = new(new RpcClientOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, int.Parse(Port().Match(ready).Groups[1].Value)) });
            NfsFh3 top = new((await new Mount3Client(rpc).MntAsync("/one")).Mountinfo.Fhandle);

            // The first getdents64(2) gives what there is, and only a second one would say that this is all.
            using Process tracer = Process.Start(new ProcessStartInfo("strace", ["-f", "-e", "trace=getdents64", "-e", "inject=getdents64:error=EIO:when=2", "-p", $"{server.Id}"]) { RedirectStandardError = true })!;
            Assert.Contains("attached", await tracer.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Task<string> traced = tracer.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            (Nfsstat3 status, string[] names, bool end) = await ListAsync(new Nfs3Client(rpc), top, plus);
            Assert.Equal((Nfsstat3.NFS3_OK, 4, false), (status, names.Length, end));

            ZonedProcesses.Signal(tracer.Id, 2 /* SIGINT */);
            await tracer.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Contains("INJECTED", await traced, StringComparison.Ordinal);
        }
        finally
        {
            Mono.Unix.Native.Syscall.kill(server.Id, Mono.Unix.Native.Signum.SIGTERM);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, server.ExitCode);
    }

    private static async Task<(Nfsstat3 Status, string[] Names, bool End)> ListAsync(Nfs3Client nfs, NfsFh3 directory, bool plus)
    {
        const uint room = 4096;
        if (plus)
        {
            Readdirplus3Res listed = await nfs.ReaddirplusAsync(new Readdirplus3Args(directory, 0, new byte[8], room, room));
            return (listed.Status, [.. listed.Resok.Reply.Entries.Select(entry => entry.Name.ToString())], listed.Resok.Reply.Eof);
        }

        Readdir3Res plain = await nfs.ReaddirAsync(new Readdir3Args(directory, 0, new byte[8], room));
        return (plain.Status, [.. plain.Resok.Reply.Entries.Select(entry => entry.Name.ToString())], plain.Resok.Reply.Eof);
    }

    [GeneratedRegex(",port=([0-9]+),")]
    private static partial Regex Port();
}
