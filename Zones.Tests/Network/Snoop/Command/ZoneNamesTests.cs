using System.Diagnostics;
using Zones.Tests.Network.Support;

namespace Zones.Tests.Network.Snoop.Command;

/// <summary>Zones that talk to each other, seen on a zone's link.</summary>
public sealed class ZoneNamesTests
{
    [Fact]
    public async Task Zones_with_leased_addresses_are_shown_by_their_names()
    {
        await using NetworkHost host = new();
        await host.PoolAsync();
        await host.BootAsync("web1", NetworkHost.Spec("web1"));
        await host.BootAsync("db1", NetworkHost.Spec("db1"));
        using Process snoop = host.Cli.Start("snoop", "-c", "1", "web1", "tcp", "and", "from", "db1");
        Task<string> output = snoop.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        // It is not told when the capture has begun.
        await Eventually.TrueAsync(async () =>
        {
            await host.Cli.RunAsync("exec", "db1", "--", "/bin/bash", "-c", ": < /dev/tcp/web1/7000");
            return snoop.HasExited;
        });
        Assert.Matches(@"^db1 -> web1  TCP D=7000 S=\d+ Syn ", await output);
    }
}
