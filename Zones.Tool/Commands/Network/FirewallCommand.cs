using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Zones.Network;
using Zones.Network.Firewall;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Network;

/// <summary><c>zone firewall</c>: rules between zones, after fwadm(8).</summary>
internal static class FirewallCommand
{
    public static Command Make()
    {
        Command command = new("firewall", "rules of what may come into zones and what may go out, in force at once");
        command.Subcommands.Add(MakeAdd());
        command.Subcommands.Add(MakeList());
        command.Subcommands.Add(MakeDelete());
        command.Subcommands.Add(MakeEnable("enable", "put rules in force", enabled: true));
        command.Subcommands.Add(MakeEnable("disable", "keep rules, but not in force", enabled: false));
        command.Subcommands.Add(MakeApply());
        return command;
    }

    private static Command MakeAdd()
    {
        Command command = new("add", "add a rule: FROM whom TO whom ALLOW|BLOCK tcp|udp|icmp|icmp6 [PORT n,… | TYPE n,…]");
        Argument<string[]> words = new("RULE") { Arity = ArgumentArity.OneOrMore, Description = "whom is any, all zones, zone NAME, tag KEY=VALUE, subnet PREFIX or ip ADDRESS, several joined by OR in parentheses" };
        Option<bool> disabled = new("--disabled") { Description = "keep it, but not in force" };
        Option<bool> dryRun = DryRun();
        command.Arguments.Add(words);
        command.Options.Add(disabled);
        command.Options.Add(dryRun);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            string rule = string.Join(' ', parsed.GetValue(words)!);
            if (parsed.GetValue(dryRun))
            {
                await PreviewAsync(session, add: rule);
                return ExitCode.Ok;
            }

            FirewallEntry added = await session.Host.Network().AddRuleAsync(rule, !parsed.GetValue(disabled), session.Cancel);
            session.Out.WriteLine(added.Id.ToString(CultureInfo.InvariantCulture));
            FirewallRule parts = FirewallRule.Parse(added.Text);
            await Obstacles.WithoutAddressAsync(session, parts.ZoneNames);
            await Obstacles.WithoutZoneAsync(session, parts.From.Concat(parts.To).OfType<RuleTerm.Tag>());
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command MakeList()
    {
        Command command = new("list", "list rules");
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            IReadOnlyList<FirewallEntry> rules = await session.Host.Network().RulesAsync(session.Cancel);
            if (parsed.GetValue(format) is not OutputFormat.Table and var tree)
            {
                Document.Write(session.Out, new JsonArray([.. rules.Select(NetworkShown.Rule)]), tree);
                return ExitCode.Ok;
            }

            Columns table = new("ID", "ENABLED", "RULE") { Right = [0] };
            foreach (FirewallEntry rule in rules)
            {
                table.Add(rule.Id.ToString(CultureInfo.InvariantCulture), rule.Enabled ? "yes" : "no", rule.Text);
            }

            table.WriteTo(session.Out);
            await Obstacles.WriteAsync(session);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command MakeDelete()
    {
        Command command = new("delete", "forget a rule");
        Argument<long> id = Id("the rule's number");
        Option<bool> dryRun = DryRun();
        command.Arguments.Add(id);
        command.Options.Add(dryRun);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            if (parsed.GetValue(dryRun))
            {
                await PreviewAsync(session, delete: parsed.GetValue(id));
                return ExitCode.Ok;
            }

            await session.Host.Network().DeleteRuleAsync(parsed.GetValue(id), session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command MakeEnable(string name, string description, bool enabled)
    {
        Command command = new(name, description);
        Argument<long[]> ids = new("ID")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "the rules' numbers",
            CustomParser = result => [.. result.Tokens.Select(token => Id(result, token.Value))],
        };
        command.Arguments.Add(ids);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            foreach (long id in parsed.GetValue(ids)!)
            {
                await session.Host.Network().EnableRuleAsync(id, enabled, session.Cancel);
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command MakeApply()
    {
        Command command = new("apply", "load all of it anew: for when somebody has flushed or changed the kernel's tables");
        Option<bool> dryRun = DryRun();
        command.Options.Add(dryRun);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            if (parsed.GetValue(dryRun))
            {
                await PreviewAsync(session);
            }
            else
            {
                await session.Host.Network().ApplyFirewallAsync(session.Cancel);
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>A number by which something is known.</summary>
    internal static Argument<long> Id(string description) => new("ID") { Description = description, CustomParser = result => Id(result, result.Tokens[0].Value) };

    private static long Id(ArgumentResult result, string word)
    {
        if (!long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
        {
            result.AddError($"'{word}' is not an ID, which is a whole number");
        }

        return id;
    }

    private static Option<bool> DryRun() => new("--dry-run", "-n") { Description = "print what would change in the kernel's tables, and change nothing" };

    private static async Task PreviewAsync(Session session, string? add = null, long? delete = null)
    {
        foreach (string line in await session.Host.Network().PreviewFirewallAsync(add, delete, session.Cancel))
        {
            session.Out.WriteLine(line);
        }
    }
}
