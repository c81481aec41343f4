using System.Diagnostics;
using Zones.Cgroups;

namespace Zones.Zoned;

/// <summary>The systemd unit that zoned and the zones of a state directory live in, on hosts that systemd runs: its subtree of the
/// cgroups is delegated (systemd's CGROUP_DELEGATION), so that systemd leaves it alone, and the end of whoever started the first
/// zone (a session, a service) does not reach zoned. The unit is active for as long as anything lives below it.</summary>
/// <param name="stateId">The state directory's number.</param>
/// <param name="layout">This host's cgroups.</param>
internal sealed class DelegatedUnit(string stateId, CgroupLayout layout)
{
    private const string Slice = "zones.slice";

    /// <summary>Whether systemd is this host's process 1 (sd_booted(3)) and can be asked for a unit.</summary>
    public static bool IsPossible { get; } = Directory.Exists("/run/systemd/system") && (File.Exists("/usr/bin/systemd-run") || File.Exists("/bin/systemd-run"));

    /// <summary>Where zones have their cgroups, below the root of each hierarchy.</summary>
    public string CgroupPath => $"{Slice}/{Name}";

    /// <summary>zoned's own cgroup: on version 2 only a leaf may hold processes. No zone can have its name.</summary>
    public string Leaf => Path.Combine(layout.Unified!, CgroupPath, ".zoned");

    private string Name => $"zoned-{stateId}.service";

    /// <summary>What starts <paramref name="command"/> inside the unit: systemd where the unit is not active, else the command itself,
    /// which moves to <see cref="Leaf"/> on its own.</summary>
    public ProcessStartInfo Start(string[] command) => Directory.Exists(Path.Combine(layout.Unified!, CgroupPath))
        ? new ProcessStartInfo(command[0], command[1..])
        : new ProcessStartInfo("systemd-run",
        [
            "--quiet", "--collect", "--unit=" + Name, "--slice=" + Slice, "--description=Zones of one state directory",
            // The command ends when the keeper answers; from then on the unit is what lives in its cgroup.
            "--service-type=forking", "--property=Delegate=yes", "--property=KillMode=process", "--property=GuessMainPID=no",
            "--property=OOMPolicy=continue", "--property=TasksMax=infinity",
            // At shutdown the zones are ended in order before systemd ends all that is in here: see 'zone service'.
            $"--property=Before=zones.service zones-{stateId}.service", "--", .. command,
        ]);
}
