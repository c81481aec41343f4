using System.Globalization;
using Zones.Wire;

namespace Zones.Init;

/// <content>Zones and commands: who they are and how they ended.</content>
internal static unsafe partial class Keeper
{
    private static readonly Dictionary<string, KeptZone> s_zones = [];
    private static readonly Dictionary<int, KeptZone> s_zonesByPidfd = [];
    private static readonly Dictionary<int, KeptZone> s_zonesByOwner = [];

    /// <summary>Commands by their pidfd, with the pipe that their wait status goes to.</summary>
    private static readonly Dictionary<int, int> s_commands = [];

    private static void ZoneBorn(in KeeperMessage message, int pidfd, int owner)
    {
        string name = message.Zone.ToString();
        KeptZone zone = new(name, message.Generation, message.Value, pidfd, owner);
        s_zones[name] = zone;
        s_zonesByPidfd[pidfd] = zone;
        Watch(pidfd, Source.Zone);
        if (owner >= 0)
        {
            s_zonesByOwner[owner] = zone;
            Watch(owner, Source.Owner);
        }
    }

    /// <summary>Watches a process 1 that another keeper's spawner cloned; false when it is gone. The descriptor of its owner, where
    /// one came along, is taken.</summary>
    private static bool Adopt(string name, in KeeperMessage message, ref int count, int* descriptors)
    {
        if (s_zones.TryGetValue(name, out KeptZone? kept) && kept.Generation == message.Generation)
        {
            return !kept.Ended;
        }

        int pidfd = (int)Kernel.Call(Linux.PidfdOpen, message.Value);
        if (pidfd < 0 || ProcFiles.StartTicks(message.Value) != message.StartTicks)
        {
            Kernel.Close(pidfd);
            return false;
        }

        int owner = -1;
        if (count == 1)
        {
            owner = descriptors[0];
            count = 0;
        }

        ZoneBorn(in message, pidfd, owner);
        return true;
    }

    private static void ZoneEnded(int pidfd)
    {
        if (!s_zonesByPidfd.Remove(pidfd, out KeptZone? zone))
        {
            return;
        }

        zone.Status = WaitStatus.Of(pidfd, zone.Pid);
        zone.Ended = true;
        Forget(pidfd);
        if (zone.Owner >= 0 && s_zonesByOwner.Remove(zone.Owner))
        {
            Forget(zone.Owner);
        }

        if (!s_zones.TryGetValue(zone.Name, out KeptZone? current) || current != zone)
        {
            return;
        }

        if (s_claims.TryGetValue(zone.Name, out Connection? manager))
        {
            Reply(manager.Fd, KeeperVerb.Exited, zone.Name, zone.Generation, zone.Status);
            return;
        }

        s_zones.Remove(zone.Name);
        WriteExitRecord(zone);
        CallAgentAfterEnd(zone);
    }

    /// <summary>A zone with <c>lifetime: owner</c> does not outlive its owner; the agent then removes what is left of it.</summary>
    private static void OwnerEnded(int owner)
    {
        // A zone that has just ended gave the number away, and the next owner may have it: an event of that moment is not about him.
        PollEntry entry = new() { Fd = owner, Events = PollEntry.In };
        if (Kernel.Call(Linux.Poll, &entry, 1, 0) > 0 && s_zonesByOwner.Remove(owner, out KeptZone? zone))
        {
            Forget(owner);
            zone.Owner = -1;
            Kernel.Call(Linux.PidfdSendSignal, zone.Pidfd, Linux.SIGKILL);
        }
    }

    private static void CommandBorn(int pidfd, int exitPipe)
    {
        s_commands[pidfd] = exitPipe;
        Watch(pidfd, Source.Command);
    }

    private static void CommandEnded(int pidfd)
    {
        if (s_commands.Remove(pidfd, out int exitPipe))
        {
            int status = WaitStatus.Of(pidfd);
            Kernel.Call(Linux.Write, exitPipe, (long)&status, sizeof(int));
            Kernel.Close(exitPipe);
            Forget(pidfd);
        }
    }

    /// <summary>Leaves word of an end for the agent, on disk before anything else happens: GENERATION STATUS.</summary>
    private static void WriteExitRecord(KeptZone zone)
    {
        string path = Path.Combine(s_run, zone.Name + ".exit");

        // Of its own, as for a moment there may be two keepers.
        string making = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        try
        {
            if (!Directory.Exists(s_run) && Directory.Exists(s_state))
            {
                Directory.CreateDirectory(s_run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            using (FileStream file = new(making, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{zone.Generation} {zone.Status}\n")));
                file.Flush(flushToDisk: true);
            }

            File.Move(making, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The agent then finds the zone dead without knowing how it ended, which is said as such.
            Complain($"{path}: cannot write: {e.Message}");
            Exec.Unlink(making);
        }
    }

    private sealed class KeptZone(string name, long generation, int pid, int pidfd, int owner)
    {
        public string Name { get; } = name;

        public long Generation { get; } = generation;

        public int Pid { get; } = pid;

        public int Pidfd { get; } = pidfd;

        /// <summary>Descriptor of the process whose end ends this zone; -1 for none.</summary>
        public int Owner { get; set; } = owner;

        public bool Ended { get; set; }

        /// <summary>As wait(2) gives it; -1 when nobody could see it.</summary>
        public int Status { get; set; }
    }
}
