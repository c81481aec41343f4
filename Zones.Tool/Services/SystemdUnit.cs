using System.Diagnostics;
using System.Globalization;
using Zones.Specs;

namespace Zones.Tool.Services;

/// <summary>The systemd unit that boots the zones of a state directory with the host and ends them with it.</summary>
/// <param name="state">The state directory.</param>
/// <param name="stateId">Its number; null where nothing was recorded yet, and for <see cref="StandardState"/>, whose unit has no number.</param>
internal sealed class SystemdUnit(string state, string? stateId)
{
    /// <summary>The state directory of a host that has one.</summary>
    public const string StandardState = "/var/lib/zones";

    private const string Directory = "/etc/systemd/system";

    /// <summary>Whether systemd is this host's process 1 (sd_booted(3)).</summary>
    public static bool IsBooted => System.IO.Directory.Exists("/run/systemd/system");

    /// <summary>Its name: that of the standard state directory is the one that people look for.</summary>
    public string Name { get; } = state == StandardState ? "zones.service"
        : $"zones-{stateId ?? throw new ZoneException($"{state}: holds no zones yet, so there is nothing to boot; create one first") { Path = state }}.service";

    /// <summary>Where it is written.</summary>
    public string FilePath => Path.Combine(Directory, Name);

    /// <summary>The name of the unit that serves the host.</summary>
    public string ServeName => Name.Replace(".service", "-serve.service", StringComparison.Ordinal);

    /// <summary>Where that is written.</summary>
    public string ServePath => Path.Combine(Directory, ServeName);

    /// <summary>What is in it.</summary>
    /// <param name="program">The <c>zone</c> command.</param>
    public string Text(string program) => $"""
        [Unit]
        Description=Zones of {Literal(state)}, with the host
        Documentation=man:zone(8)
        # What their roots and links need. The zones live in a unit of their own, which at shutdown waits for this one.
        After=local-fs.target remote-fs.target network-online.target nss-lookup.target
        Wants=network-online.target
        RequiresMountsFor={Quoted(state)}

        [Service]
        Type=notify
        NotifyAccess=exec
        RemainAfterExit=yes
        ExecStart={Quoted(program)} --state {Argument(state)} autoboot
        ExecReload={Quoted(program)} --state {Argument(state)} autoboot
        ExecStop={Quoted(program)} --state {Argument(state)} autoboot --stop
        # Each zone has a time limit of its own: readiness.timeout, and a minute to shut down.
        TimeoutStartSec=infinity
        TimeoutStopSec=infinity
        KillMode=process

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>What is in the unit that serves the host.</summary>
    /// <param name="program">The <c>zone</c> command.</param>
    public string ServeText(string program) => $"""
        [Unit]
        Description=Zones of {Literal(state)} for users
        Documentation=man:zone(8)
        RequiresMountsFor={Quoted(state)}

        [Service]
        Type=notify
        ExecStart={Quoted(program)} --state {Argument(state)} serve --socket {Argument(state == StandardState ? ZoneHost.ServedSocket : $"/run/zones-{stateId}.sock")}
        Restart=on-failure
        LimitNOFILE=65536
        # What is under way gets ten seconds to end by itself, and ten to be undone.
        TimeoutStopSec=30
        KillMode=process

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>Runs systemctl.</summary>
    /// <returns>What it prints, without the line's end.</returns>
    /// <exception cref="ZoneException">It fails.</exception>
    public static string Control(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("systemctl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd().TrimEnd('\n');
        process.WaitForExit();
        return process.ExitCode == 0 ? output
            : throw new ZoneException(string.Create(CultureInfo.InvariantCulture, $"systemctl {string.Join(' ', arguments)}: exit status {process.ExitCode}: {error.Result.Trim().ReplaceLineEndings("; ")}"));
    }

    /// <summary>A word of a command line behind the program, in which a dollar sign would be a variable's (systemd.service(5)).</summary>
    private static string Argument(string word) => Quoted(word).Replace("$", "$$", StringComparison.Ordinal);

    /// <summary>A path that may hold blanks and quotes (systemd.syntax(7)).</summary>
    private static string Quoted(string word) =>
        $"\"{Literal(word).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Text in which nothing is a specifier (systemd.unit(5)).</summary>
    /// <exception cref="ZoneException">It would end its line, or is none that systemd reads.</exception>
    private static string Literal(string text) => SpecPath.Unprintable(text)
        ? throw new ZoneException($"{Plain.Line(text)}: holds a control character, which no unit can name; use a path without") { Path = text }
        : text.Replace("%", "%%", StringComparison.Ordinal);
}
