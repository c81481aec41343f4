using Zones.Wire;

namespace Zones.Init;

/// <content>The spawner: there is always one, what it announces is taken in, and what one that died left unannounced is waited for too.</content>
internal static unsafe partial class Keeper
{
    private const int OrphanAge = 2000, OrphanInterval = 500; // ms
    private const int ShortLife = 1000; // ms, for a spawner

    /// <summary>Not by name: the file of a build that was upgraded is gone.</summary>
    private const string Image = "/proc/self/exe";

    private static int s_spawnerListener;
    private static int s_spawner = -1;
    private static int s_spawnerProcess = -1;
    private static long s_spawnerStarted;
    private static long s_spawnerDue; // when one is to be started, while there is none
    private static int s_orphan; // the child that nobody announced; 0 for none
    private static long s_orphanSince;
    private static long s_orphansUntil;
    private static long s_orphansDue; // when to look next
    private static bool s_unlooked; // whether anything has happened since the last look

    /// <summary>Starts a spawner if there is none and its time has come; what managers send meanwhile waits in its socket.</summary>
    private static void StartSpawner()
    {
        if (s_spawner >= 0 || s_spawnerDue > Environment.TickCount64)
        {
            return;
        }

        s_spawnerStarted = Environment.TickCount64;
        int* pair = stackalloc int[2];
        if (Kernel.Call(Linux.Socketpair, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC, 0, (long)pair) < 0)
        {
            s_spawnerDue = s_spawnerStarted + ShortLife;
            return;
        }

        int image = OpenImage();
        int process = Exec.Start(
            image >= 0 ? $"/proc/self/fd/{image}" : Image,
            ["zoned", "spawner", s_spawnerListener.ToString(), pair[1].ToString()],
            [s_spawnerListener, pair[1]],
            2,
            newSession: false,
            out s_spawnerProcess);
        Kernel.Close(image);
        Kernel.Close(pair[1]);
        if (process <= 0)
        {
            // No memory or no process number for it: again in a while, as after one that ended at once.
            Kernel.Close(pair[0]);
            s_spawnerProcess = -1;
            s_spawnerDue = s_spawnerStarted + ShortLife;
            return;
        }

        s_spawner = pair[0];
        Watch(s_spawner, Source.Spawner);
        Watch(s_spawnerProcess, Source.SpawnerProcess);
    }

    /// <summary>This program's file on a read-only mount of its own. A command that is begun as /proc/self/exe inside a zone is what the
    /// spawner's child was: with that it has the file, and a root who is the host's could change it as soon as nobody runs it
    /// (CVE-2019-5736). Through this mount not even its mode.</summary>
    /// <returns>A descriptor; negative, with a complaint, where the kernel gives no such mount.</returns>
    private static int OpenImage()
    {
        ulong* attributes = stackalloc ulong[4] { Linux.MOUNT_ATTR_RDONLY | Linux.MOUNT_ATTR_NOSUID, 0, 0, 0 }; // struct mount_attr
        fixed (byte* image = "/proc/self/exe\0"u8, nothing = "\0"u8)
        {
            long mount = Kernel.Call(Linux.OpenTree, Linux.AT_FDCWD, (long)image, Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC);
            long result = mount < 0 ? mount : Kernel.Call(Linux.MountSetattr, mount, (long)nothing, Linux.AT_EMPTY_PATH, (long)attributes, 4 * sizeof(ulong));
            if (result >= 0)
            {
                return (int)mount;
            }

            Complain($"cannot mount zoned read-only for zones without a user namespace: errno {-result}");
            Kernel.Close((int)mount);
            return -1;
        }
    }

    /// <summary>Takes in what the spawner has announced so far, and never waits: an event of a spawner that has just been replaced
    /// may name the socket of the new one. Whoever learnt of a child from the spawner may rely on the keeper knowing it too, though
    /// his message may be looked at before the spawner's.</summary>
    private static void HearSpawner()
    {
        if (s_spawner < 0)
        {
            return;
        }

        byte first;
        const int peek = 2;
        long length;
        while ((length = Kernel.Call(Linux.Recvfrom, s_spawner, (long)&first, 1, peek | Linux.MSG_DONTWAIT)) > 0)
        {
            HearAnnouncement();
        }

        if (length == 0)
        {
            // Its end is seen on its pidfd.
            Kernel.Call(Linux.EpollCtl, s_epoll, 2 /* EPOLL_CTL_DEL */, s_spawner);
        }
    }

    private static void HearAnnouncement()
    {
        int* descriptors = stackalloc int[SpawnRequest.MaxDescriptors];
        KeeperMessage message;
        int length = Packets.Receive(s_spawner, &message, sizeof(KeeperMessage), descriptors, out int count);
        if (length == sizeof(KeeperMessage) && message.Verb == KeeperVerb.ZoneBorn && count >= 1)
        {
            ZoneBorn(in message, descriptors[0], count > 1 ? descriptors[1] : -1);
        }
        else if (length == sizeof(KeeperMessage) && message.Verb == KeeperVerb.CommandBorn && count == 2)
        {
            CommandBorn(descriptors[0], descriptors[1]);
        }
        else
        {
            Packets.CloseAll(descriptors, count);
        }
    }

    /// <summary>Another is to be started: at once, or in a second when this one did not live for as long.</summary>
    private static void SpawnerEnded(int pidfd)
    {
        WaitStatus.Of(pidfd);
        Forget(pidfd);
        HearSpawner();
        Forget(s_spawner);
        s_orphansUntil = Environment.TickCount64 + OrphanAge + 1000;
        (s_spawner, s_spawnerProcess) = (-1, -1);
        s_spawnerDue = Environment.TickCount64 - s_spawnerStarted < ShortLife ? Environment.TickCount64 + ShortLife : 0;
    }

    /// <summary>Children that nobody announced (the spawner died between clone and announcement; their go never comes, so
    /// they end by themselves) are waited for too, but not before an announcement could have arrived. Left as they are they
    /// would keep the process 1 beside which they were born from ending (pid_namespaces(7)).</summary>
    private static void ReapOrphans()
    {
        s_orphansDue = Environment.TickCount64 + OrphanInterval;
        s_unlooked = false;
        int* information = stackalloc int[32];
        information[4] = 0;
        const int exitedNoHangNoWait = 4 | 1 | 0x01000000;
        if (Kernel.Call(Linux.Waitid, 0 /* P_ALL */, 0, (long)information, exitedNoHangNoWait) != 0 || information[4] == 0)
        {
            s_orphan = 0;
            return;
        }

        if (s_orphan != information[4])
        {
            s_orphan = information[4];
            s_orphanSince = Environment.TickCount64;
        }
        else if (Environment.TickCount64 - s_orphanSince > OrphanAge)
        {
            Kernel.Call(Linux.Wait4, s_orphan, (long)information, Linux.WNOHANG);
        }
    }
}
