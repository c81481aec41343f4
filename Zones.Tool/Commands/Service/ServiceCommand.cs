using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Catalogue;
using Zones.Tool.Cli;
using Zones.Tool.Output;
using Zones.Tool.Services;

namespace Zones.Tool.Commands.Service;

/// <summary><c>zone service</c>: the host's service manager boots and ends zones.</summary>
internal static class ServiceCommand
{
    private const string Header = "# Written by 'zone service install'; 'zone service uninstall' takes it away.\n";

    public static Command Make()
    {
        Command command = new("service", "have systemd boot zones with the host and end them with it");
        Option<bool> serve = new("--serve") { Description = "and a second unit, which runs 'zone serve'" };
        Command install = Verb("install", "write and enable the unit; zones that say autoboot come with the next boot of the host", (session, parsed, unit) => Install(session, unit, parsed.GetValue(serve)));
        install.Options.Add(serve);
        command.Subcommands.Add(install);
        command.Subcommands.Add(Verb("uninstall", "disable and remove the unit; zones that run go on", (session, _, unit) => Uninstall(session, unit)));
        Option<OutputFormat> format = GlobalOptions.Format();
        Command status = new("status", "say whether the unit is installed, enabled and active");
        status.Options.Add(format);
        status.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session => Status(session, parsed.GetValue(format))));
        command.Subcommands.Add(status);
        command.Subcommands.Add(Show());
        return command;
    }

    private static Command Verb(string name, string description, Func<Session, ParseResult, SystemdUnit, Task<int>> work)
    {
        Command command = new(name, description);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session =>
        {
            RequireSystemd();
            return work(session, parsed, Unit(session));
        }));
        return command;
    }

    private static void RequireSystemd()
    {
        if (!SystemdUnit.IsBooted)
        {
            throw new HostCapabilityException("systemd does not run this host; have its init run 'zone autoboot' when it boots and 'zone autoboot --stop' before it ends");
        }
    }

    /// <summary>For packages and for hosts that are put together elsewhere: systemd need not run.</summary>
    private static Command Show()
    {
        Command command = new("show", "print the unit and change nothing");
        Option<string> program = new("--program") { Description = "the path of the zone command in it (default: this one's)", HelpName = "PATH", DefaultValueFactory = _ => Environment.ProcessPath! };
        command.Options.Add(program);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session =>
        {
            session.Out.Write(Unit(session).Text(parsed.GetValue(program)!));
            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }

    private static Task<int> Install(Session session, SystemdUnit unit, bool serve)
    {
        (string Path, string Name, string Text)[] units =
        [
            (unit.FilePath, unit.Name, Header + unit.Text(Environment.ProcessPath!)),
            .. serve ? ((string, string, string)[])[(unit.ServePath, unit.ServeName, Header + unit.ServeText(Environment.ProcessPath!))] : [],
        ];
        foreach ((string path, _, string text) in units)
        {
            TextFile.RemoveDrafts(path);
            TextFile.Write(path, text);
        }

        SystemdUnit.Control("daemon-reload");
        SystemdUnit.Control(["enable", "--quiet", .. units.Select(written => written.Name)]);
        foreach ((string path, _, _) in units)
        {
            session.Out.WriteLine(path);
        }

        return Task.FromResult(ExitCode.Ok);
    }

    /// <summary>A unit whose file is gone and that systemd still knows is one whose uninstall was killed before it said so.</summary>
    private static Task<int> Uninstall(Session session, SystemdUnit unit)
    {
        (string Path, string Name)[] units = [(unit.FilePath, unit.Name), (unit.ServePath, unit.ServeName)];
        foreach ((string path, _) in units)
        {
            TextFile.RemoveDrafts(path);
        }

        (string Path, string Name)[] there = [.. units.Where(known => File.Exists(known.Path))];
        if (there.Length == 0 && !units.Any(known => SystemdUnit.Control("show", "-P", "FragmentPath", known.Name) == known.Path))
        {
            if (Say("FragmentPath", unit.Name) is { Length: > 0 } packaged)
            {
                throw new ZoneException($"{packaged}: is a package's, and goes with it; 'systemctl disable {unit.Name}' keeps it from booting zones") { Path = packaged };
            }

            throw new ZoneException($"{unit.FilePath}: is not there; nothing is installed for {session.Options.StateDirectory}") { Path = unit.FilePath };
        }

        if (there.Length > 0)
        {
            SystemdUnit.Control(["disable", "--quiet", .. there.Select(known => known.Name)]);
        }

        foreach ((string path, _) in there)
        {
            File.Delete(path);
        }

        SystemdUnit.Control("daemon-reload");
        return Task.FromResult(ExitCode.Ok);
    }

    /// <summary>Where systemd does not run, a program is told so by what only systemd says: null.</summary>
    private static Task<int> Status(Session session, OutputFormat format)
    {
        if (format == OutputFormat.Table)
        {
            RequireSystemd();
        }

        SystemdUnit unit = Unit(session);
        (string Title, string? Value)[] fields =
        [
            ("unit", unit.Name),
            ("installed", File.Exists(unit.FilePath) || Say("FragmentPath", unit.Name) is { Length: > 0 } ? "yes" : "no"),
            ("enabled", Say("UnitFileState", unit.Name) is { } state ? state == "enabled" ? "yes" : "no" : null),
            ("active", Say("ActiveState", unit.Name)),
            ("status", Say("StatusText", unit.Name)),
            ("serve", Say("ActiveState", unit.ServeName)),
        ];
        if (format != OutputFormat.Table)
        {
            Document.Write(session.Out, new JsonObject(fields.Select(field => KeyValuePair.Create(field.Title, (JsonNode?)field.Value))), format);
        }
        else
        {
            foreach ((string title, string? value) in fields)
            {
                session.Out.WriteLine($"{title,-9} {value}");
            }
        }

        return Task.FromResult(fields[1].Value == "yes" && SystemdUnit.IsBooted ? ExitCode.Ok : ExitCode.Error);
    }

    private static string? Say(string property, string unit) => SystemdUnit.IsBooted ? SystemdUnit.Control("show", "-P", property, unit) : null;

    private static SystemdUnit Unit(Session session)
    {
        string state = Path.GetFullPath(session.Options.StateDirectory);
        return new(state, state == SystemdUnit.StandardState ? null : StateId(state, session.Options));
    }

    private static string? StateId(string state, ZonesOptions options)
    {
        using Store store = new(state);
        return new ZoneCatalogue(store, options).Meta("state-id");
    }
}
