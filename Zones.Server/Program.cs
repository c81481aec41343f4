using Zones;
using Zones.Server;
using Zones.Tool.Cli;
using Zones.Tool.Output;

StandardError.Use();
try
{
    await HostServer.RunAsync(ServerOptions.Parse(args));
    return 0;
}
catch (Exception e) when (e is ZoneException or IOException or UnauthorizedAccessException)
{
    Complaint.Write(e is ZoneException ? e.Message : Text.Sentence(e.Message));
    return 1;
}
