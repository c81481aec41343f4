using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Zones.Network;
using Zones.Network.Firewall;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone redirect</c>: ports of the host that lead to zones.</summary>
internal static class RedirectCommand
{
    public static Command Make()
    {
        Command command = new("redirect", "ports of this host that lead to zones, in force while those are up");
        command.Subcommands.Add(MakeAdd());
        command.Subcommands.Add(MakeList());
        command.Subcommands.Add(MakeDelete());
        return command;
    }

    private static Command MakeAdd()
    {
        Command command = new("add", "have ports of this host lead to a zone's");
        Argument<string> protocol = new("PROTOCOL") { Description = "tcp or udp" };
        protocol.CompletionSources.Add("tcp", "udp");
        protocol.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("tcp" or "udp") and { } other }])
            {
                result.AddError($"'{other}' is not a protocol of redirects; allowed are tcp and udp");
            }
        });
        Argument<string> ports = new("PORT[-LAST]") { Description = "the host's, one or a range" };
        Argument<string> zone = new("ZONE[:PORT]") { Description = "the zone, and its first port (default: the same)" };
        Option<string?> address = new("--address") { Description = "the host's address for which it holds (default: all)", HelpName = "ADDRESS" };
        command.Arguments.Add(protocol);
        command.Arguments.Add(ports);
        command.Arguments.Add(zone);
        command.Options.Add(address);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            string[] range = parsed.GetValue(ports)!.Split('-');
            string[] target = parsed.GetValue(zone)!.Split(':');
            int first = Port(range[0]), last = range.Length == 2 ? Port(range[1]) : first, to = target.Length == 2 ? Port(target[1]) : first;
            if (range.Length > 2 || target.Length > 2)
            {
                throw new UsageException("it is redirect add tcp|udp PORT[-LAST] ZONE[:PORT]");
            }

            RedirectEntry entry = new(parsed.GetValue(protocol) == "udp" ? RuleProtocol.Udp : RuleProtocol.Tcp, first, last, target[0], to) { HostAddress = parsed.GetValue(address) };
            RedirectEntry added = await session.Host.Network().AddRedirectAsync(entry, session.Cancel);
            session.Out.WriteLine(added.Id.ToString(CultureInfo.InvariantCulture));
            await Obstacles.WithoutAddressAsync(session, [added.Zone]);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command MakeList()
    {
        Command command = new("list", "list redirects");
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            IReadOnlyList<RedirectEntry> redirects = await session.Host.Network().RedirectsAsync(session.Cancel);
            if (parsed.GetValue(format) is not OutputFormat.Table and var tree)
            {
                Document.Write(session.Out, new JsonArray([.. redirects.Select(NetworkShown.Redirect)]), tree);
                return ExitCode.Ok;
            }

            Columns table = new("ID", "PROTOCOL", "ADDRESS", "PORTS", "ZONE", "TO") { Right = [0] };
            foreach (RedirectEntry one in redirects)
            {
                NumberRange host = new(one.FirstPort, one.LastPort), inside = new(one.ZonePort, one.ZonePort + one.LastPort - one.FirstPort);
                table.Add(one.Id.ToString(CultureInfo.InvariantCulture), one.Protocol.ToString().ToLowerInvariant(), one.HostAddress ?? "*", host.ToString(), one.Zone, inside.ToString());
            }

            table.WriteTo(session.Out);
            await Obstacles.WriteAsync(session);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command MakeDelete()
    {
        Command command = new("delete", "forget a redirect");
        Argument<long> id = FirewallCommand.Id("the redirect's number");
        command.Arguments.Add(id);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            await session.Host.Network().DeleteRedirectAsync(parsed.GetValue(id), session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static int Port(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
        ? port
        : throw new UsageException($"'{text}' is no port: a number from 1 to 65535");
}
