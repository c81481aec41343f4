// What a hosting panel does, as a user who is not root. As root, once:
//
//   zone create web1 --root host
//   zone set web1 'admin[+]={ user: panel, auths: [login, manage] }'
//   zone serve
//
// and then, as panel: HostingPanel [SOCKET]. It brings up every zone that it may manage, shows each, and then what happens to them.
using Zones;

using CancellationTokenSource leave = new();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    leave.Cancel();
};

try
{
    await using IZoneHost host = await ZoneHost.ConnectAsync(args.FirstOrDefault(), leave.Token);
    foreach (ZoneInfo zone in await host.ListAsync(leave.Token))
    {
        Console.WriteLine($"{zone.Name}: {await BringUpAsync(host, zone)}");
    }

    await foreach (ZoneEvent e in host.WatchAsync(cancellationToken: leave.Token))
    {
        Console.WriteLine($"{e.Time:HH:mm:ss} {e.Zone} {e.Kind} {e.To?.Text()} {e.Detail}");
    }
}
catch (ZoneException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    // Somebody has seen enough.
}

return 0;

async Task<string> BringUpAsync(IZoneHost host, ZoneInfo zone)
{
    try
    {
        if (zone.State == ZoneState.Configured)
        {
            await host.InstallAsync(zone.Name, leave.Token);
        }

        await host.BootAsync(zone.Name, cancellationToken: leave.Token);
        ExecResult uptime = await host.ExecAsync(zone.Name, new ExecRequest(["cat", "/proc/uptime"]), leave.Token);
        ZoneUsage usage = await host.StatAsync(zone.Name, leave.Token);
        return $"up, {usage.Processes} processes, uptime {uptime.StandardOutput.Trim()}";
    }
    catch (ZoneException e)
    {
        return e.Message;
    }
}
