using Zones;
using Zones.Server;

try
{
    await HostServer.RunAsync(ServerOptions.Parse(args));
    return 0;
}
catch (Exception e) when (e is ZoneException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine("zone: " + e.Message);
    return 1;
}
