using System.Globalization;
using Zones.Wire;

namespace Zones.Init;

/// <content>Long-lived servers, of mounts and of consoles. Their descriptors are held here, so that a server may be killed and replaced while zones
/// read through it; a mount ends when the last copy of its /dev/fuse descriptor is closed.</content>
internal static unsafe partial class Keeper
{
    private const int PauseAfterShortLife = 500; // ms, for a server that did not live for as long

    private static readonly Dictionary<string, HeldServer> s_held = [];

    /// <summary>Holds what is not held yet; the descriptors are the keeper's then.</summary>
    private static bool Hold(string name, in KeeperMessage message, int* descriptors, ref int count)
    {
        if (s_held.ContainsKey(name))
        {
            return false;
        }

        HeldServer held = new(name, new ReadOnlySpan<int>(descriptors, count).ToArray());
        count = 0;
        s_held[name] = held;
        int pidfd = message.Value > 0 ? (int)Kernel.Call(Linux.PidfdOpen, message.Value) : -1;
        if (pidfd >= 0 && ProcFiles.StartTicks(message.Value) == message.StartTicks)
        {
            held.Process = pidfd;
            Watch(pidfd, Source.Server);
        }
        else
        {
            Kernel.Close(pidfd);
        }

        return true;
    }

    /// <summary>Takes over what the build before this one held; its server is this process's child already.</summary>
    /// <param name="parts">As <see cref="HeldServer.ToString"/> has them.</param>
    private static void InheritServer(string[] parts)
    {
        HeldServer held = new(parts[0], [.. parts.Skip(2).Select(Descriptor)]);
        s_held[held.Name] = held;
        if (parts[1] != "-1")
        {
            held.Process = Descriptor(parts[1]);
            Watch(held.Process, Source.Server);
        }
    }

    private static void Fetch(int fd, string name)
    {
        KeeperMessage answer = new() { Verb = KeeperVerb.Claimed, Zone = ZoneName.From(name), Value = 1 };
        if (!s_held.TryGetValue(name, out HeldServer? held))
        {
            answer.Value = 0;
            Packets.Send(fd, &answer, sizeof(KeeperMessage));
            return;
        }

        fixed (int* descriptors = held.Descriptors)
        {
            Packets.Send(fd, &answer, sizeof(KeeperMessage), descriptors, held.Descriptors.Length);
        }
    }

    private static void Drop(string name)
    {
        if (!s_held.Remove(name, out HeldServer? held))
        {
            return;
        }

        foreach (int descriptor in held.Descriptors)
        {
            Kernel.Close(descriptor);
        }

        if (held.Process >= 0)
        {
            Kernel.Call(Linux.PidfdSendSignal, held.Process, Linux.SIGKILL);
        }
    }

    /// <summary>Starts the servers that should run and do not.</summary>
    private static void StartServers()
    {
        long now = Environment.TickCount64;
        foreach (HeldServer held in s_held.Values)
        {
            if (held.Process >= 0 || held.StartAt > now)
            {
                continue;
            }

            held.StartAt = now + PauseAfterShortLife;
            string numbers = string.Join(',', held.Descriptors);
            bool console = held.Name.StartsWith(ConsolePump.Prefix, StringComparison.Ordinal);
            (string program, string[] arguments) = console
                ? ("/proc/self/exe", (string[])["zoned", "console", s_state, held.Name, numbers])
                : (s_agent, ["zone", "--state", s_state, "serve-mount", held.Name, numbers]);
            if (Exec.Start(program, arguments, held.Descriptors, 2, newSession: true, out int pidfd) > 0)
            {
                held.Process = pidfd;
                Watch(pidfd, Source.Server);
            }
        }
    }

    private static void ServerEnded(int pidfd)
    {
        WaitStatus.Of(pidfd);
        Forget(pidfd);
        foreach (HeldServer held in s_held.Values)
        {
            if (held.Process == pidfd)
            {
                held.Process = -1;
            }
        }
    }

    private sealed class HeldServer(string name, int[] descriptors)
    {
        public string Name { get; } = name;

        public int[] Descriptors { get; } = descriptors;

        /// <summary>Descriptor of the server's process; -1 when it does not run.</summary>
        public int Process { get; set; } = -1;

        /// <summary>Not started before (Environment.TickCount64).</summary>
        public long StartAt { get; set; }

        /// <summary>As it is handed over in an upgrade: NAME:PROCESS:DESCRIPTOR:…</summary>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Process}:{string.Join(':', Descriptors)}");
    }
}
