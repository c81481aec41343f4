using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Zones.Domains.Agent;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>One command of the host's: started as it says, joined with the port, and gone when the host lets go of the port.</summary>
internal sealed unsafe class Agent
{
    /// <summary>In the environment of an agent whose port is one of a network: what the host has to say first.</summary>
    public const string SecretVariable = "ZONES_SECRET";

    private readonly int _port;
    private readonly int _shutdownSignal;
    private readonly byte[] _header = new byte[AgentFrame.HeaderLength];
    private readonly byte[] _buffer = new byte[32 << 10];
    private readonly List<byte> _input = [];
    private bool _inputEnded;
    private bool _detached;
    private int _process;
    private int _exit = -1;
    private int _inputTo = -1, _output = -1, _error = -1;

    private Agent(int port, int shutdownSignal)
    {
        _port = port;
        _shutdownSignal = shutdownSignal;
    }

    /// <summary>Serves one connection.</summary>
    /// <param name="port">The port's descriptor, inherited.</param>
    /// <param name="shutdownSignal">What asks process 1 for the end.</param>
    public static int Serve(int port, int shutdownSignal) => new Agent(port, shutdownSignal).Run();

    private int Run()
    {
        if (!SkipToBeginning() || !KnowsSecret() || ReadFrame(out byte kind) is not { } content)
        {
            return 1;
        }

        if (kind == AgentFrame.Shutdown)
        {
            Answer(0, "");
            Kernel.Call(Linux.Kill, 1, _shutdownSignal);
            return 0;
        }

        if (kind != AgentFrame.Start || !Start(content))
        {
            return 1;
        }

        if (!_detached)
        {
            Join();
        }

        LetGo();
        return 0;
    }

    private bool KnowsSecret() => System.Environment.GetEnvironmentVariable(SecretVariable) is not { } secret
        || (ReadFrame(out byte kind) is { } said && kind == AgentFrame.Secret && CryptographicOperations.FixedTimeEquals(said, Encoding.UTF8.GetBytes(secret)));

    /// <summary>A connection that is closed while something of the host's is unread is cut off, and what is on its way to the host is lost: the host closes first. A port of the
    /// machine's is no socket, and is just left.</summary>
    private void LetGo()
    {
        const int writing = 1;
        if (Kernel.Call(Linux.Shutdown, _port, writing) == 0)
        {
            while (Fill(_buffer.AsSpan(0, 1)))
            {
            }
        }
    }

    private bool Start(byte[] content)
    {
        // Not split into all its parts: an argument may be empty, and the last text is ended too.
        string[] texts = Encoding.UTF8.GetString(content).Split('\0')[..^1];
        string[] mode = texts[0].Split(' ');
        int count = int.Parse(texts[3], CultureInfo.InvariantCulture);
        string[] arguments = texts[4..(4 + count)];
        if (User.Find(texts[1]) is not { } user)
        {
            return Answer(Linux.ENOENT, $"user: {texts[1]} is not in the domain's /etc/passwd; give a user of it, or UID:GID");
        }

        string[] environment = [.. Environment(user, texts[(4 + count)..])];
        _detached = mode[0] == "detached";
        (int Input, int Output, int Error) theirs = _detached ? OpenConsole() : mode[0] == "terminal" ? OpenTerminal(mode) : OpenPipes();
        ChildPlan plan = new()
        {
            Program = Resolve(arguments[0], environment),
            Arguments = arguments,
            Environment = environment,
            Descriptors = theirs,
            Terminal = mode[0] == "terminal",
            Directory = texts[2].Length > 0 ? texts[2] : texts[1].Length > 0 ? user.Home : "/",
            DirectoryMatters = texts[2].Length > 0,
            User = user.Id,
            Group = user.Group,
            Groups = user.Groups,
        };
        _process = Child.Start(plan, out int errno, out string step);
        foreach (int descriptor in (int[])[theirs.Input, theirs.Output, theirs.Error])
        {
            Kernel.Close(descriptor);
        }

        return Answer(errno, step) && _process != 0;
    }

    /// <summary>The zone's environment, with what belongs to the user where it does not say otherwise.</summary>
    private static IEnumerable<string> Environment(User user, string[] given)
    {
        string[] own = [$"HOME={user.Home}", $"USER={user.Name}", $"LOGNAME={user.Name}", .. user.Shell is null ? (string[])[] : [$"SHELL={user.Shell}"]];
        return given.Concat(own.Where(entry => !given.Any(other => other.StartsWith(entry[..(entry.IndexOf('=') + 1)], StringComparison.Ordinal))));
    }

    /// <summary>As execvp(3): a name without a slash is looked for in PATH.</summary>
    private static string Resolve(string program, string[] environment)
    {
        const int executable = 1;
        if (program.Contains('/'))
        {
            return program;
        }

        string path = environment.LastOrDefault(entry => entry.StartsWith("PATH=", StringComparison.Ordinal))?[5..] ?? "/usr/bin:/bin";
        foreach (string candidate in path.Split(':').Select(directory => $"{directory}/{program}"))
        {
            fixed (byte* name = Call.Text(candidate))
            {
                if (Kernel.Call(Linux.Access, name, executable) == 0)
                {
                    return candidate;
                }
            }
        }

        return program;
    }

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
            // While the command does not take what it was sent, nothing more is read for it.
            entries[0] = new() { Fd = _port, Events = _input.Count == 0 ? PollEntry.In : (short)0 };
            entries[1] = new() { Fd = ended, Events = PollEntry.In };
            entries[2] = new() { Fd = _output, Events = PollEntry.In };
            entries[3] = new() { Fd = _error, Events = PollEntry.In };
            entries[4] = new() { Fd = _input.Count > 0 ? _inputTo : -1, Events = PollEntry.Out };
            Kernel.Call(Linux.Poll, entries, 5, -1);
            if ((entries[0].Returned & PollEntry.Hangup) != 0 || ((entries[0].Returned & PollEntry.In) != 0 && !Receive()))
            {
                Kernel.Call(Linux.Kill, -_process, Linux.SIGKILL);
                return;
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

            if (entries[1].Returned != 0 && _exit < 0)
            {
                int status;
                Kernel.Call(Linux.Wait4, _process, (long)&status, 0);
                _exit = status;
                while (Pass(ref _output, AgentFrame.Output) || Pass(ref _error, AgentFrame.Error))
                {
                }

                Span<byte> word = stackalloc byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(word, status);
                Send(AgentFrame.Exit, word);
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
                _input.Clear();
            }
            else if (written > 0)
            {
                _input.RemoveRange(0, (int)written);
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

    private bool Answer(int errno, string step)
    {
        byte[] text = Encoding.UTF8.GetBytes(step);
        byte[] content = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(content, errno);
        text.CopyTo(content, 4);
        Send(AgentFrame.Started, content);
        return errno == 0;
    }

    private void Send(byte kind, ReadOnlySpan<byte> content)
    {
        byte[] frame = new byte[AgentFrame.HeaderLength + content.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame.AsSpan(AgentFrame.HeaderLength));
        Call.Write(_port, frame);
    }

    /// <summary>Its first byte occurs in it once, so there is no way back in the middle.</summary>
    private bool SkipToBeginning()
    {
        Span<byte> one = stackalloc byte[1];
        for (int matched = 0; matched < AgentFrame.Beginning.Length;)
        {
            if (!Fill(one))
            {
                return false;
            }

            matched = one[0] == AgentFrame.Beginning[matched] ? matched + 1 : one[0] == AgentFrame.Beginning[0] ? 1 : 0;
        }

        return true;
    }

    /// <summary>Null when the host is gone, or says what it should not.</summary>
    private byte[]? ReadFrame(out byte kind)
    {
        kind = 0;
        if (!Fill(_header))
        {
            return null;
        }

        kind = _header[0];
        int length = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(1));
        byte[] content = length is >= 0 and <= AgentFrame.MostContent ? new byte[length] : [];
        return length is >= 0 and <= AgentFrame.MostContent && Fill(content) ? content : null;
    }

    private bool Fill(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                long read = Kernel.Call(Linux.Read, _port, (long)(start + done), bytes.Length - done);
                if (read == -Linux.EAGAIN)
                {
                    PollEntry entry = new() { Fd = _port, Events = PollEntry.In };
                    Kernel.Call(Linux.Poll, &entry, 1, -1);
                    continue;
                }

                if (read <= 0)
                {
                    return false;
                }

                done += (int)read;
            }
        }

        return true;
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
