using Zones.Wire;

namespace Zones.Boot;

/// <summary>Steps that open a terminal of the zone's own devpts, so that tty(1) inside names it, and send its master to the manager.</summary>
internal static class TerminalSteps
{
    /// <summary>Gives the terminal.</summary>
    /// <param name="steps">Inside, when /dev/pts is mounted.</param>
    /// <param name="program">Their program.</param>
    /// <param name="socket">Where the master goes.</param>
    /// <param name="size">Of the window.</param>
    /// <param name="label">For errors.</param>
    public static Argument Open(StepList steps, ProgramWriter program, Argument socket, (int Columns, int Rows) size, string label)
    {
        const int openMode = Linux.O_RDWR | Linux.O_NOCTTY | Linux.O_CLOEXEC;
        Argument master = steps.Open(label, Linux.Openat, [Linux.AT_FDCWD, program.Text("/dev/pts/ptmx"), openMode | Linux.O_NONBLOCK | Linux.O_NOFOLLOW, 0]);
        steps.Call(label, Linux.Ioctl, [master, Linux.TIOCSPTLCK, program.Data([0, 0, 0, 0])]);
        steps.Call(label, Linux.Ioctl, [master, Linux.TIOCSWINSZ, program.Words([(ulong)(ushort)size.Rows | ((ulong)(ushort)size.Columns << 16)])]);
        Argument slave = steps.Open(label, Linux.Ioctl, [master, Linux.TIOCGPTPEER, openMode]);
        Send(steps, program, socket, master, label);
        steps.Close(master);
        return slave;
    }

    /// <summary>sendmsg(2) with one byte and one descriptor (SCM_RIGHTS, unix(7)).</summary>
    private static void Send(StepList steps, ProgramWriter program, Argument socket, Argument descriptor, string label)
    {
        Argument vector = program.Words([0, 1]);
        program.Address((int)vector.Value, program.Data([0]).Value);
        Argument control = program.Words([20 /* header and one number */, Linux.SOL_SOCKET | ((ulong)Linux.SCM_RIGHTS << 32), 0]);
        Argument message = program.Words([0, 0, 0, 1, 0, 24, 0]); // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags
        program.Address((int)message.Value + 16, vector.Value);
        program.Address((int)message.Value + 32, control.Value);
        steps.Special(label, StepOp.Store32, [control.Value + 16, descriptor]);
        steps.Call(label, Linux.Sendmsg, [socket, message, Linux.MSG_NOSIGNAL]);
    }
}
