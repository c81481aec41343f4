using Zones.Interop;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Both sides of a command's standard descriptors, by <see cref="ExecIo"/>.</summary>
internal sealed unsafe class CommandDescriptors : IDisposable
{
    private SafeFd? _inputOurs;
    private SafeFd? _outputOurs;
    private SafeFd? _errorOurs;
    private SafeFd? _terminalReceive;

    private CommandDescriptors()
    {
    }

    public SafeFd? Input { get; private set; }

    public SafeFd? Output { get; private set; }

    public SafeFd? Error { get; private set; }

    /// <summary>Where the child sends the master of the terminal that it opens.</summary>
    public SafeFd? TerminalSend { get; private set; }

    /// <summary>Makes them.</summary>
    /// <param name="io">Which.</param>
    /// <param name="owner">The command's user and group outside: pipes belong to it, so that /dev/stdout can be opened again inside.</param>
    /// <param name="log">Opens the zone's log, for what nobody else reads.</param>
    public static CommandDescriptors Make(ExecIo io, (uint User, uint Group) owner, Func<SafeFd> log)
    {
        CommandDescriptors made = new();
        switch (io)
        {
            case ExecIo.Pipes:
                (made.Input, made._inputOurs) = Kernel.Pipe();
                (made._outputOurs, made.Output) = Kernel.Pipe();
                (made._errorOurs, made.Error) = Kernel.Pipe();
                foreach (SafeFd pipe in (ReadOnlySpan<SafeFd>)[made.Input, made.Output, made.Error])
                {
                    Kernel.Call(Linux.Fchown, pipe.Number, owner.User, owner.Group);
                }

                break;
            case ExecIo.Inherit:
                made.Input = Duplicate(0);
                made.Output = Duplicate(1);
                made.Error = Duplicate(2);
                break;
            case ExecIo.Terminal:
                (made._terminalReceive, made.TerminalSend) = Kernel.SocketPair(Linux.SOCK_SEQPACKET);
                break;
            case ExecIo.Detached:
                made.Input = Kernel.Open("/dev/null", Linux.O_RDONLY, out _)!;
                made.Output = made.Error = log();
                break;
        }

        return made;
    }

    /// <summary>Closes the child's side here, so that its end is the end of file.</summary>
    public void CloseTheirs()
    {
        Input?.Dispose();
        Output?.Dispose();
        Error?.Dispose();
        TerminalSend?.Dispose();
    }

    /// <summary>This side of the pipes; the caller owns them from here on.</summary>
    public (SafeFd Input, SafeFd Output, SafeFd Error)? TakeOurs()
    {
        if (_inputOurs is null)
        {
            return null;
        }

        (SafeFd, SafeFd, SafeFd) ours = (_inputOurs, _outputOurs!, _errorOurs!);
        _inputOurs = _outputOurs = _errorOurs = null;
        return ours;
    }

    /// <summary>The master that the child sent; null without a terminal.</summary>
    public SafeFd? ReceiveTerminal() => _terminalReceive is null ? null : ReceiveTerminal(_terminalReceive);

    /// <summary>The master that a child sent (<see cref="Boot.TerminalSteps"/>), which has gone on since.</summary>
    public static SafeFd ReceiveTerminal(SafeFd socket)
    {
        byte one;
        int* numbers = stackalloc int[SpawnRequest.MaxDescriptors];
        Packets.Receive(socket.Number, &one, 1, numbers, out int count);
        return count == 1 ? new SafeFd(numbers[0]) : throw new ZoneException("the zone opened no terminal; see whether its /dev/pts is mounted");
    }

    public void Dispose()
    {
        CloseTheirs();
        _inputOurs?.Dispose();
        _outputOurs?.Dispose();
        _errorOurs?.Dispose();
        _terminalReceive?.Dispose();
    }

    private static SafeFd Duplicate(int number)
    {
        const int duplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
        return Kernel.Descriptor(Kernel.Call(Linux.Fcntl, number, duplicateCloseOnExec, 3), out _)
            ?? Kernel.Open("/dev/null", Linux.O_RDWR, out _)!;
    }
}
