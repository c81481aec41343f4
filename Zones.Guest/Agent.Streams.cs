using System.Buffers.Binary;
using System.Globalization;
using Zones.Domains.Agent;
using Zones.Wire;

namespace Zones.Guest;

/// <content>The command's standard descriptors, and what is carried between them and the port.</content>
internal sealed unsafe partial class Agent
{
    private static (int Input, int Output, int Error) OpenConsole()
    {
        int console = Call.Open("/dev/console", Linux.O_WRONLY | Linux.O_NOCTTY);
        return (Call.Open("/dev/null", Linux.O_RDONLY), console, console);
    }

    private (int Input, int Output, int Error) OpenPipes()
    {
        (int input, _inputTo) = Pipe();
        (_output, int output) = Pipe();
        (_error, int error) = Pipe();
        SetNonBlocking(_inputTo, Linux.O_WRONLY);
        SetNonBlocking(_output, Linux.O_RDONLY);
        SetNonBlocking(_error, Linux.O_RDONLY);
        return (input, output, error);
    }

    private (int Input, int Output, int Error) OpenTerminal(string[] mode)
    {
        int master = Call.Open("/dev/ptmx", Linux.O_RDWR | Linux.O_NOCTTY | Linux.O_NONBLOCK);
        int unlocked = 0;
        Kernel.Call(Linux.Ioctl, master, Linux.TIOCSPTLCK, (long)&unlocked);
        int slave = (int)Kernel.Call(Linux.Ioctl, master, Linux.TIOCGPTPEER, Linux.O_RDWR | Linux.O_NOCTTY | Linux.O_CLOEXEC);
        _inputTo = _output = master;
        Resize(ushort.Parse(mode[1], CultureInfo.InvariantCulture), ushort.Parse(mode[2], CultureInfo.InvariantCulture));
        return (slave, (int)Kernel.Call(Linux.Dup, slave), (int)Kernel.Call(Linux.Dup, slave));
    }

    /// <summary>Carries everything back and forth until the command has ended and the host has heard so, or the host is gone.</summary>
    private void Join()
    {
        int ended = (int)Kernel.Call(Linux.PidfdOpen, _process);
        PollEntry* entries = stackalloc PollEntry[5];
        while (true)
        {
            // The port is always read, for signals come over it; of input the host sends no more than the window. While the host does not take what the command
            // prints, nothing more of that is read.
            bool waiting = _unsent.Count > 0;
            entries[0] = new() { Fd = _port, Events = waiting ? (short)(PollEntry.In | PollEntry.Out) : PollEntry.In };
            entries[1] = new() { Fd = ended, Events = PollEntry.In };
            entries[2] = new() { Fd = waiting ? -1 : _output, Events = PollEntry.In };
            entries[3] = new() { Fd = waiting ? -1 : _error, Events = PollEntry.In };
            entries[4] = new() { Fd = _input.Count > 0 ? _inputTo : -1, Events = PollEntry.Out };
            Kernel.Call(Linux.Poll, entries, 5, -1);
            if ((entries[0].Returned & PollEntry.Hangup) != 0 || ((entries[0].Returned & PollEntry.In) != 0 && !Receive()))
            {
                Kernel.Call(Linux.Kill, -_process, Linux.SIGKILL);
                return;
            }

            if ((entries[0].Returned & PollEntry.Out) != 0)
            {
                Flush();
            }

            if (entries[4].Returned != 0)
            {
                Feed();
            }

            if (entries[2].Returned != 0)
            {
                Pass(ref _output, AgentFrame.Output);
            }

            if (entries[3].Returned != 0)
            {
                Pass(ref _error, AgentFrame.Error);
            }

            if (entries[1].Returned != 0)
            {
                int status;
                Kernel.Call(Linux.Wait4, _process, (long)&status, 0);
                while (Pass(ref _output, AgentFrame.Output) || Pass(ref _error, AgentFrame.Error))
                {
                    FlushAll();
                }

                SendNumber(AgentFrame.Exit, status);
                FlushAll();
                return;
            }
        }
    }

    private bool Receive()
    {
        if (ReadFrame(out byte kind) is not { } content)
        {
            return false;
        }

        switch (kind)
        {
            case AgentFrame.Input:
                _input.AddRange(content);
                _inputEnded |= content.Length == 0;
                Feed();
                break;
            case AgentFrame.Signal:
                Kernel.Call(Linux.Kill, -_process, BinaryPrimitives.ReadInt32LittleEndian(content));
                break;
            case AgentFrame.Size:
                Resize(BinaryPrimitives.ReadUInt16LittleEndian(content), BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(2)));
                break;
        }

        return true;
    }

    private void Feed()
    {
        byte[] waiting = [.. _input];
        fixed (byte* start = waiting)
        {
            long written = waiting.Length == 0 || _inputTo < 0 ? 0 : Kernel.Call(Linux.Write, _inputTo, (long)start, waiting.Length);
            if (written is < 0 and not -Linux.EAGAIN || _inputTo < 0)
            {
                // It reads no more, as is its right.
                written = waiting.Length;
            }

            if (written > 0)
            {
                _input.RemoveRange(0, (int)written);
                SendNumber(AgentFrame.Taken, (int)written);
            }
        }

        if (_inputEnded && _input.Count == 0 && _inputTo >= 0 && _inputTo != _output)
        {
            Kernel.Close(_inputTo);
            _inputTo = -1;
        }
    }

    /// <summary>Passes on what can be read at once; false when nothing can, or nothing more ever.</summary>
    private bool Pass(ref int from, byte kind)
    {
        if (from < 0)
        {
            return false;
        }

        long length;
        fixed (byte* start = _buffer)
        {
            length = Kernel.Call(Linux.Read, from, (long)start, _buffer.Length);
        }

        if (length > 0)
        {
            Send(kind, _buffer.AsSpan(0, (int)length));
            return true;
        }

        if (length != -Linux.EAGAIN)
        {
            if (from != _inputTo)
            {
                Kernel.Close(from);
            }

            from = -1;
        }

        return false;
    }

    private void Resize(ushort columns, ushort rows)
    {
        ulong size = rows | ((ulong)columns << 16);
        Kernel.Call(Linux.Ioctl, _output, Linux.TIOCSWINSZ, (long)&size);
    }

    private static (int Read, int Write) Pipe()
    {
        int* ends = stackalloc int[2];
        Kernel.Call(Linux.Pipe2, ends, Linux.O_CLOEXEC);
        return (ends[0], ends[1]);
    }

    private static void SetNonBlocking(int descriptor, int mode) => Kernel.Call(Linux.Fcntl, descriptor, 4 /* F_SETFL */, mode | Linux.O_NONBLOCK);
}
