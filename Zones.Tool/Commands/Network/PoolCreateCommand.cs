using System.CommandLine;
using System.Net;
using Zones.Network;
using Zones.Network.Pools;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone pool create</c>.</summary>
internal static class PoolCreateCommand
{
    public static Command Make()
    {
        Command command = new("create", "make a pool of addresses");
        Argument<string> name = PoolCommand.Name();
        Option<string[]> prefix = new("--prefix") { Description = "such as 10.7.0.0/24 or fd00:7::/64; one of each family", HelpName = "PREFIX", Required = true };
        Option<string[]> gateway = new("--gateway") { Description = "the router of the zones (default: the first address of the prefix)", HelpName = "ADDRESS" };
        Option<string[]> range = new("--range") { Description = "what may be given out (default: all but the gateway)", HelpName = "FIRST-LAST" };
        Option<string> bridge = new("--bridge") { Description = $"the bridge, made on demand (default: {AddressPool.DefaultBridge})", HelpName = "LINK", DefaultValueFactory = _ => AddressPool.DefaultBridge };
        Option<bool> nat = new("--nat") { Description = "what leaves this host has the host's address" };
        command.Arguments.Add(name);
        foreach (Option option in (Option[])[prefix, gateway, range, bridge, nat])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            string[] prefixes = parsed.GetValue(prefix)!;
            await session.Host.Network().CreatePoolAsync(
                new(parsed.GetValue(name)!)
                {
                    Subnets = [.. prefixes.Select(one => Subnet(one, prefixes, parsed.GetValue(gateway)!, parsed.GetValue(range)!))],
                    Bridge = parsed.GetValue(bridge)!,
                    Nat = parsed.GetValue(nat),
                },
                session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>Of the gateways and ranges those that are in a prefix; what is in none goes with the first, where it is refused by name.</summary>
    private static PoolSubnet Subnet(string prefix, string[] prefixes, string[] gateways, string[] ranges)
    {
        string[] own = [.. gateways.Where(address => Home(address) == prefix)];
        return own.Length > 1
            ? throw new UsageException($"--gateway: {prefix} has one gateway, not {own.Length}")
            : new(prefix) { Gateway = own.FirstOrDefault(), Ranges = [.. ranges.Where(range => Home(range.Split('-')[0]) == prefix)] };

        string Home(string address) => prefixes.FirstOrDefault(one => IPAddress.TryParse(address, out IPAddress? parsed) && Zones.Network.Pools.Subnet.Parse(one)?.Subnet.Contains(parsed) == true) ?? prefixes[0];
    }
}
