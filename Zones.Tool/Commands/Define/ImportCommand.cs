using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Define;

/// <summary><c>zone import</c>: from zonecfg of Solaris and illumos to a spec.</summary>
internal static class ImportCommand
{
    public static Command Make()
    {
        Command command = new("import", "turn what zonecfg export prints on Solaris or illumos into a spec");
        Argument<string> file = new("FILE") { Description = "the export; - is standard input" };
        Option<string?> name = new("--name") { Description = "the zone's name, which an export does not hold (default: the end of its zonepath)", HelpName = "NAME" };
        Option<string?> output = new("--output", "-o") { Description = "write the spec to a file instead of standard output", HelpName = "FILE" };
        Option<string?> create = new("--create") { Description = "record a new zone of this name with it instead of writing it", HelpName = "NAME" };
        command.Arguments.Add(file);
        command.Options.Add(name);
        command.Options.Add(output);
        command.Options.Add(create);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            (string? target, string? newZone) = (parsed.GetValue(output), parsed.GetValue(create));
            if (newZone is not null && (target is not null || parsed.GetValue(name) is not null))
            {
                throw new UsageException("--create names the zone and records it; leave --name and -o out");
            }

            (string text, string source) = TextFile.Read(parsed.GetValue(file)!, "name", "an export of zonecfg");
            ZonecfgImport import = ZonecfgFormat.Read(text, newZone ?? parsed.GetValue(name), source);
            Complaint.Warnings(import.Warnings);
            ZoneSpec spec = session.IsConnected ? import.Spec : AtHome(import.Spec, Path.GetFullPath(session.Options.StateDirectory), named: (newZone ?? parsed.GetValue(name)) is not null);

            if (newZone is not null)
            {
                await session.Host.CreateAsync(spec, session.Cancel);
            }
            else if (target is not null)
            {
                TextFile.Write(target, ZoneSpecYaml.Write(spec));
            }
            else
            {
                session.Out.Write(ZoneSpecYaml.Write(spec));
            }

            if (spec.Root is { Type: RootType.Whole, Kind: RootSource.Host })
            {
                Complaint.Write("warning: root: a whole root of its own, as that zone had, needs files here: set root to a directory or an image that has them, or root.type to sparse to share this host's; until then the zone cannot be installed");
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>A zonepath where zones are anyway needs no word: export says where a zone is, and one with another name is not to be in its place.</summary>
    private static ZoneSpec AtHome(ZoneSpec spec, string state, bool named) =>
        Path.GetDirectoryName(spec.Zonepath) == Path.Combine(state, "zones") && (named || Path.GetFileName(spec.Zonepath) == spec.Zone) ? spec with { Zonepath = null } : spec;
}
