using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Network;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone pool list</c>.</summary>
internal static class PoolListCommand
{
    public static Command Make()
    {
        Command command = new("list", "list pools");
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            IReadOnlyList<AddressPool> pools = await session.Host.Network().PoolsAsync(session.Cancel);
            if (parsed.GetValue(format) is not OutputFormat.Table and var tree)
            {
                Document.Write(session.Out, new JsonArray([.. pools.Select(NetworkShown.Pool)]), tree);
                return ExitCode.Ok;
            }

            Columns table = new("NAME", "PREFIX", "GATEWAY", "BRIDGE", "NAT");
            foreach (AddressPool pool in pools)
            {
                foreach (PoolSubnet subnet in pool.Subnets)
                {
                    table.Add(pool.Name, subnet.Prefix, subnet.Gateway ?? "-", pool.Bridge, pool.Nat ? "yes" : "no");
                }
            }

            table.WriteTo(session.Out);
            await Obstacles.WriteAsync(session);
            return ExitCode.Ok;
        }));
        return command;
    }
}
