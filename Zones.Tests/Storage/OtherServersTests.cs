using System.Net;
using System.Net.Sockets;
using System.Text;
using Zones.Storage;
using Zones.Tests.Support;

namespace Zones.Tests.Storage;

/// <summary>A root whose server's port is another service's: whoever mistyped it is told that, and not what NFS makes of the answer.</summary>
public sealed class OtherServersTests
{
    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", false)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", true)]
    public async Task What_speaks_no_NFS_is_said_to_do_so(string words, bool asked)
    {
        await using TestHost test = new(options => options.UseStorage());
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task answering = Task.Run(async () =>
        {
            while (true)
            {
                using Socket client = await listener.AcceptSocketAsync();
                try
                {
                    if (asked)
                    {
                        await client.ReceiveAsync(new byte[4096]);
                    }

                    await client.SendAsync(Encoding.ASCII.GetBytes(words));
                    await client.ReceiveAsync(new byte[4096]);
                }
                catch (SocketException)
                {
                    // It has heard enough.
                }
            }
        });
        SpecProblem problem = Assert.Single((await test.Host.VerifyAsync(TestHost.Spec() with { Root = ZoneRoot.Nfs($"nfs://127.0.0.1:{port}/export") })).Problems);
        Assert.Matches($@"^nfs://127\.0\.0\.1:{port}/export: what answers at 127\.0\.0\.1:{port} does not speak ONC RPC \(.*\); is that the service's port\?$", problem.Message);
        listener.Stop();
        await answering.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
