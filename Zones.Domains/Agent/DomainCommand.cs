using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Zones.Boot;
using Zones.Domains.Brand;
using Zones.Hosting;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Domains.Agent;

/// <summary>A command in a domain. To its caller it looks like one in a zone: pipes, and an end that is written to a pipe; what the keeper and
/// the kernel do there, two threads do here, between those pipes and the port.</summary>
internal sealed class DomainCommand : RunningCommand
{
    private const int Attempts = 3;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(40);

    private readonly AgentConnection _agent;

    private DomainCommand(int pid, AgentConnection agent, SafeFd exit, (SafeFd Input, SafeFd Output, SafeFd Error)? pipes, SafeFd? terminal)
        : base(pid, null, exit, pipes, terminal)
    {
        _agent = agent;
    }

    /// <summary>Starts it.</summary>
    /// <param name="zone">Where.</param>
    /// <param name="connect">Connects to the domain's agent.</param>
    /// <param name="request">What is to run.</param>
    public static DomainCommand Start(RunningZone zone, Func<AgentConnection> connect, ExecRequest request)
    {
        string name = zone.Spec.Zone;
        byte[] start = Compose(zone.Spec, request);
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            AgentConnection agent = connect();
            try
            {
                if (agent.Ask(AgentFrame.Start, start, StartTimeout) is { Length: >= sizeof(int) } answer)
                {
                    int errno = BinaryPrimitives.ReadInt32LittleEndian(answer);
                    DomainCommand command = errno == 0 ? Join(zone, agent, request) : throw Failure(name, request, errno, Encoding.UTF8.GetString(answer.AsSpan(4)));
                    agent = null!;
                    return command;
                }
            }
            finally
            {
                agent?.Dispose();
            }
        }

        throw new ZoneException($"{name}: the domain's agent does not answer; zone logs {name} shows its console") { Zone = name, Operation = "exec", IsTransient = true };
    }

    public override void Resize(int columns, int rows)
    {
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)columns);
        BinaryPrimitives.WriteUInt16LittleEndian(size[2..], (ushort)rows);
        _agent.Send(AgentFrame.Size, size);
    }

    public override void Signal(int signal)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, signal);
        _agent.Send(AgentFrame.Signal, number);
    }

    public override void Kill() => Signal(Linux.SIGKILL);

    private static ZoneException Failure(string name, ExecRequest request, int errno, string step) => step == AgentFrame.Execute
        ? new ZoneException($"{name}: {request.Command[0]}: cannot execute: {KernelError.Describe(errno)}") { Zone = name, Operation = "execute", Errno = errno, Path = request.Command[0] }
        : new ZoneException(step.StartsWith("user: ", StringComparison.Ordinal) ? step : $"{name}: {step}: {KernelError.Describe(errno)}") { Zone = name, Operation = "exec", Errno = errno };

    private static byte[] Compose(ZoneSpec spec, ExecRequest request)
    {
        string mode = request.Io switch
        {
            ExecIo.Terminal => string.Create(CultureInfo.InvariantCulture, $"terminal {request.TerminalSize.Columns} {request.TerminalSize.Rows}"),
            ExecIo.Detached => "detached",
            _ => "pipes",
        };

        // Home and name are the user's, which the domain knows.
        IEnumerable<string> environment = BootProgram.Environment(spec, request.Environment).Where(entry =>
        {
            string key = entry.Split('=')[0];
            return key is not ("HOME" or "USER" or "LOGNAME") || spec.Env.ContainsKey(key) || request.Environment.ContainsKey(key);
        });
        string[] texts =
        [
            mode, request.User ?? "", request.WorkingDirectory ?? "", request.Command.Count.ToString(CultureInfo.InvariantCulture),
            .. request.Command, .. environment,
        ];
        return Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + "\0")));
    }

    private static DomainCommand Join(RunningZone zone, AgentConnection agent, ExecRequest request)
    {
        bool isTerminal = request.Io == ExecIo.Terminal;
        (SafeFd exitRead, SafeFd exitWrite) = Kernel.Pipe();
        if (request.Io == ExecIo.Detached)
        {
            // How it ends is for nobody: the agent has let go of it.
            agent.Dispose();
            exitWrite.Dispose();
            return new(zone.Process.Pid, agent, exitRead, null, null);
        }

        CommandDescriptors? descriptors = isTerminal ? null : CommandDescriptors.Make(request.Io, (0, 0), () => throw new InvalidOperationException("the domain has its log"));
        const int stream = 1; // SOCK_STREAM
        (SafeFd? ours, SafeFd? theirs) = isTerminal ? Kernel.SocketPair(stream) : default;
        DomainCommand command = new(zone.Process.Pid, agent, exitRead, descriptors?.TakeOurs(), ours);

        // Each thread closes its own, so that neither uses a number that is another's by then.
        SafeFd input = theirs is null ? descriptors!.Input! : Duplicate(theirs), output = theirs ?? descriptors!.Output!, error = theirs ?? descriptors!.Error!;
        InputWindow window = new();
        InBackground(() => Feed(agent, window, input));
        InBackground(() => Collect(agent, window, output, error, exitWrite));
        return command;
    }

    private static SafeFd Duplicate(SafeFd file) => Kernel.Descriptor(Kernel.Call(Linux.Fcntl, file.Number, 1030 /* F_DUPFD_CLOEXEC */, 3), out int errno)
        ?? throw new ZoneException($"cannot duplicate a terminal: {KernelError.Describe(errno)}") { Errno = errno, IsTransient = true };

    /// <summary>A thread of its own: it waits in the kernel nearly always, perhaps for ever on a terminal of the caller's.</summary>
    private static void InBackground(Action action) => new Thread(() => action()) { IsBackground = true }.Start();

    private static unsafe void Feed(AgentConnection agent, InputWindow window, SafeFd input)
    {
        byte[] buffer = new byte[16 << 10];
        fixed (byte* start = buffer)
        {
            while (window.Await() is > 0 and int room)
            {
                long length = Kernel.Call(Linux.Read, input.Number, (long)start, Math.Min(room, buffer.Length));
                window.Take((int)Math.Max(0, length));
                if (!agent.Send(AgentFrame.Input, length > 0 ? buffer.AsSpan(0, (int)length) : []) || length <= 0)
                {
                    break;
                }
            }
        }

        input.Dispose();
    }

    /// <summary>Until the command has ended, or the domain has: then nobody can say how.</summary>
    private static unsafe void Collect(AgentConnection agent, InputWindow window, SafeFd output, SafeFd error, SafeFd exit)
    {
        int status = -1;
        while (agent.Receive(null, out byte kind) is { } content)
        {
            if (kind is not (AgentFrame.Exit or AgentFrame.Taken))
            {
                Write(kind == AgentFrame.Error ? error : output, content);
                continue;
            }

            int number = BinaryPrimitives.TryReadInt32LittleEndian(content, out int word) ? word : -1;
            if (kind == AgentFrame.Exit)
            {
                status = number;
                break;
            }

            window.Free(number);
        }

        window.Close();
        agent.Dispose();

        if (output == error)
        {
            // A terminal's socket, of which there is another descriptor: who reads it is to see its end all the same.
            Kernel.Call(Linux.Shutdown, output.Number, 2 /* SHUT_RDWR */);
        }

        output.Dispose();
        error.Dispose();
        Kernel.Call(Linux.Write, exit.Number, (long)&status, sizeof(int));
        exit.Dispose();
    }

    private static unsafe void Write(SafeFd to, byte[] content)
    {
        fixed (byte* start = content)
        {
            for (long done = 0, written; done < content.Length; done += written)
            {
                written = Kernel.Call(Linux.Write, to.Number, (long)(start + done), content.Length - done);
                if (written <= 0)
                {
                    return;
                }
            }
        }
    }
}
