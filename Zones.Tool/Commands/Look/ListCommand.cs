using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Look;

/// <summary><c>zone list</c>, as zoneadm(8) lists.</summary>
internal static class ListCommand
{
    public static Command Make()
    {
        Command command = new("list", "list zones: those that run, with -i the installed ones, with -c all");
        Option<bool> configured = new("-c") { Description = "all zones, whatever their state" };
        Option<bool> installed = new("-i") { Description = "zones that are at least installed" };
        Option<bool> verbose = new("-v") { Description = "a table with id, state, path, brand and ip-type" };
        Option<bool> parsable = new("-p") { Description = "for scripts: id:name:state:zonepath:uuid:brand:ip-type" };
        Option<OutputFormat> format = GlobalOptions.Format();
        foreach (Option option in (Option[])[configured, installed, verbose, parsable, format])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            OutputFormat tree = parsed.GetValue(format);
            if (tree != OutputFormat.Table && parsed.GetValue(parsable))
            {
                throw new UsageException("-p and --format are two forms of the same list; give one of them");
            }

            IReadOnlyList<ZoneInfo> zones = await session.Host.ListAsync(session.Cancel);
            List<ZoneInfo> shown = [.. zones.Where(zone => parsed.GetValue(configured) || Show(zone.State, parsed.GetValue(installed)))];
            if (tree != OutputFormat.Table)
            {
                Document.Write(session.Out, new JsonArray([.. shown.Select(Shown.Zone)]), tree);
            }
            else if (parsed.GetValue(parsable))
            {
                shown.ForEach(zone => session.Out.WriteLine(ParsableLine(zone)));
            }
            else if (parsed.GetValue(verbose))
            {
                Table(shown).WriteTo(session.Out);
            }
            else
            {
                shown.ForEach(zone => session.Out.WriteLine(zone.Name));
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary><c>id:name:state:zonepath:uuid:brand:ip-type</c>; a colon in the path has a backslash before it.</summary>
    internal static string ParsableLine(ZoneInfo zone) =>
        $"{Id(zone)}:{zone.Name}:{zone.State.Text()}:{zone.Zonepath.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal)}:{zone.Uuid}:{Shown.Word(zone.Spec.Brand.ToString())}:{(zone.Spec.IpType == IpType.Exclusive ? "excl" : "shared")}";

    private static bool Show(ZoneState state, bool installedToo) => state switch
    {
        ZoneState.Configured or ZoneState.Incomplete => false,
        ZoneState.Installed or ZoneState.Unavailable => installedToo,
        _ => true,
    };

    private static Columns Table(List<ZoneInfo> zones)
    {
        Columns table = new("ID", "NAME", "STATUS", "PATH", "BRAND", "IP", "ADDRESS") { Right = [0] };
        foreach (ZoneInfo zone in zones)
        {
            table.Add(Id(zone), zone.Name, zone.State.Text() + (zone.Pending.Count > 0 ? " (pending changes)" : ""), zone.Zonepath, Shown.Word(zone.Spec.Brand.ToString()), zone.Spec.IpType == IpType.Exclusive ? "excl" : "shared", zone.Addresses.Count > 0 ? string.Join(' ', zone.Addresses) : "-");
        }

        return table;
    }

    private static string Id(ZoneInfo zone) => zone.Id?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
