namespace Zones.Wire;

/// <summary>What one step of a program does. A program is a list of system calls that the manager composed and that the
/// spawner, or the child it cloned, carries out one after the other without deciding anything itself.</summary>
internal enum StepOp : ushort
{
    /// <summary>The system call <see cref="Step.Number"/> with the six arguments; its result goes to register <see cref="Step.Result"/>.</summary>
    Call = 1,

    /// <summary>Writes register A1 as 4 bytes at blob offset A0.</summary>
    Store32,

    /// <summary>Writes register A1 as 8 bytes at blob offset A0.</summary>
    Store64,

    /// <summary>Outside only: writes A2 bytes at blob offset A1 to /proc/CHILD/NAME; the name is at blob offset A0.</summary>
    WriteProc,

    /// <summary>Outside only: opens /proc/CHILD/NAME (the name is at blob offset A0) for reading into register <see cref="Step.Result"/>.</summary>
    OpenProc,

    /// <summary>Sends the A2 bytes of netlink messages at blob offset A1 on the socket A0 and looks at the first answer, which stays
    /// there for who else has the socket: an error, or that the last message is done (<see cref="NetlinkAnswer"/>).</summary>
    Netlink,

    /// <summary>Inside only: waits until the spawner has carried out the outside steps.</summary>
    AwaitOutside,

    /// <summary>Inside only: tells the spawner that the staged mounts are copied, so that it may clear the stage.</summary>
    Copied,

    /// <summary>Inside only: forks; the parent stays as process 1 and reaps, the child goes on with the next step. With A0 = 0
    /// there is no child: process 1 reaps alone and the program ends here.</summary>
    Reap,

    /// <summary>Inside only: fails with the error of the last tolerated call: the end of a search that found nothing.</summary>
    Fail,

    /// <summary>Inside only: carries out what is sent on the socket A0, each message a program of its own, answered with a
    /// <see cref="HandReply"/>; the program ends here.</summary>
    Serve,
}
