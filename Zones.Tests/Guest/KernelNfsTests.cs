using System.Globalization;
using System.Net;
using Zones.Roots;
using Zones.Storage.Nfs;

namespace Zones.Tests.Guest;

/// <summary>Zones over an export that the kernel's own NFS client mounts, on a kernel whose FUSE cannot be idmapped. The server is the
/// library's, on the host.</summary>
public sealed class KernelNfsTests(KernelNfsTests.Guest guest) : IClassFixture<KernelNfsTests.Guest>
{
    private const string Script = "kernel-nfs.sh";

    public static TheoryData<string> Checks => GuestChecks.Names(Script);

    [Theory]
    [MemberData(nameof(Checks))]
    public void Over_the_kernels_client(string check) => guest.AssertOk(check);

    /// <summary>The guest, and a server that is stopped and started when it says so.</summary>
    public sealed class Guest() : GuestChecks(Script, mebibytes: 768, systemd: false)
    {
        private const uint Window = 8192 * 65_536;

        protected override async Task<IReadOnlyList<string>> RunAsync()
        {
            string root = GuestImage.Get().Base;
            string directory = Directory.CreateTempSubdirectory("zones-kernel-nfs-").FullName;
            NfsServerOptions options = new()
            {
                KeyFile = Path.Combine(directory, "key"),
                Exports =
                [
                    new("debian", root) { Squash = NfsSquash.None, Ids = new(Window) },
                    new("plain", root) { Squash = NfsSquash.None },
                    new("closed", root) { Clients = [IPNetwork.Parse("192.0.2.0/24")] },
                ],
            };
            NfsServer? server = NfsServer.Start(options);
            options.EndPoint = server.EndPoint;
            Task last = Task.CompletedTask;
            try
            {
                string big = GuestImage.Output("md5sum", root + "/usr/bin/perl").Split(' ')[0];
                return await VirtualMachine.RunAsync(Script, 768, GuestInit.Script, string.Create(CultureInfo.InvariantCulture, $"port={server.EndPoint.Port} window={Window} sum={big}\n"), line =>
                {
                    // Printed lines come one after the other; so do these.
                    last = line switch
                    {
                        "stop the server" => last.ContinueWith(_ => StopAsync(), TaskScheduler.Default).Unwrap(),
                        "start the server" => last.ContinueWith(_ => { server = NfsServer.Start(options); }, TaskScheduler.Default),
                        _ => last,
                    };
                });
            }
            finally
            {
                await last;
                await StopAsync();
                TreeRemover.Remove(directory);
            }

            async Task StopAsync()
            {
                if (server is { } running)
                {
                    server = null;
                    await running.DisposeAsync();
                }
            }
        }
    }
}
