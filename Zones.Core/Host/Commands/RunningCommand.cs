using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Zones.Cgroups;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>A command that zoned started for this process. Its end arrives as four bytes on a pipe that the keeper writes.</summary>
internal class RunningCommand : ZoneProcess
{
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);

    private readonly AnonymousPipeClientStream _exit;
    private readonly SafeFd? _process;
    private readonly SafeFileHandle? _terminal;
    private Task<ExitStatus>? _ended;
    private Timer? _limit;
    private volatile bool _timedOut;
    private volatile bool _letGo;

    /// <param name="pid">The host's number of the process.</param>
    /// <param name="process">A descriptor of it, null when it has ended already.</param>
    /// <param name="exit">Read end of its exit pipe; owned from here on.</param>
    /// <param name="pipes">Ends of its standard descriptors that are this side's, where there are any; owned from here on.</param>
    /// <param name="terminal">The master of its terminal; owned from here on.</param>
    public RunningCommand(int pid, SafeFd? process, SafeFd exit, (SafeFd Input, SafeFd Output, SafeFd Error)? pipes, SafeFd? terminal)
    {
        Pid = pid;
        _process = process;
        _exit = Pipe(exit, PipeDirection.In);
        if (pipes is { } ends)
        {
            StandardInput = Pipe(ends.Input, PipeDirection.Out);
            StandardOutput = Pipe(ends.Output, PipeDirection.In);
            StandardError = Pipe(ends.Error, PipeDirection.In);
        }

        if (terminal is not null)
        {
            // Opened non-blocking so that a hostile /dev/ptmx cannot hold anybody up; streams want it blocking.
            Kernel.Call(Linux.Fcntl, terminal.Number, 4 /* F_SETFL */, Linux.O_RDWR);
            _terminal = Handle(terminal);
            Terminal = new FileStream(_terminal, FileAccess.ReadWrite, bufferSize: 0);
        }
    }

    /// <summary>The cgroup that it has for itself, where it may have to be killed whole; owned from here on.</summary>
    public CommandCgroup? Own { get; init; }

    public override int Pid { get; }

    public override Stream? StandardInput { get; }

    public override Stream? StandardOutput { get; }

    public override Stream? StandardError { get; }

    public override Stream? Terminal { get; }

    public override unsafe void Resize(int columns, int rows)
    {
        using HeldDescriptor? terminal = HeldDescriptor.Of(_terminal);
        if (terminal is not null)
        {
            long size = (ushort)rows | ((long)(ushort)columns << 16);
            Kernel.Call(Linux.Ioctl, terminal.Number, Linux.TIOCSWINSZ, (long)&size);
        }
    }

    public override void Signal(int signal)
    {
        using HeldDescriptor? process = HeldDescriptor.Of(_process);
        if (process is not null)
        {
            Kernel.Call(Linux.PidfdSendSignal, process.Number, signal);
        }
    }

    /// <summary>Kills it with all that it started and that has not left its process group: it leads one of its own. With a cgroup of its
    /// own, with all that it started.</summary>
    public virtual void Kill()
    {
        Own?.Kill();
        const int processGroup = 4; // PIDFD_SIGNAL_PROCESS_GROUP, from 6.9
        using HeldDescriptor? process = HeldDescriptor.Of(_process);
        if (process is not null && Kernel.Call(Linux.PidfdSendSignal, process.Number, Linux.SIGKILL, 0, processGroup) == -Linux.EINVAL && !Polling.Readable(process.Number, TimeSpan.Zero))
        {
            // An older kernel's group is a number, which is another's when all of this one have ended: the leader has to live.
            Kernel.Call(Linux.Kill, -Pid, Linux.SIGKILL);
        }
    }

    /// <summary>Kills it if it still runs after so long.</summary>
    public void KillAfter(TimeSpan timeout) => _limit = new Timer(
        _ =>
        {
            _timedOut = true;
            Kill();
        },
        null,
        timeout,
        Timeout.InfiniteTimeSpan);

    public override Task<ExitStatus> WaitAsync(CancellationToken cancellationToken = default)
    {
        _ended ??= ReadExitAsync();
        return _ended.WaitAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        _letGo = true;
        foreach (Stream? stream in (Stream?[])[StandardInput, StandardOutput, StandardError, Terminal])
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        if (_limit is not null)
        {
            await _limit.DisposeAsync().ConfigureAwait(false);
        }

        Own?.Dispose();
        _process?.Dispose();
        await _exit.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What the keeper writes; when it went away first, what the kernel tells after the command's end; -1 when this process lets go of it first.</summary>
    private async Task<ExitStatus> ReadExitAsync()
    {
        byte[] status = new byte[sizeof(int)];
        int length;
        try
        {
            length = await _exit.ReadAtLeastAsync(status, sizeof(int), throwOnEndOfStream: false).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or IOException)
        {
            return new(-1);
        }

        int word = length == sizeof(int) ? BitConverter.ToInt32(status) : await Task.Run(AwaitUnkept).ConfigureAwait(false);
        ExitStatus ended = word == -1 ? new ExitStatus(-1) : ExitStatus.FromWait(word);
        if (!_timedOut || ended.Signal != Linux.SIGKILL)
        {
            return ended;
        }

        if (Own is not null)
        {
            await Task.Run(() => Own.AwaitEmpty(KillTimeout)).ConfigureAwait(false);
        }

        return ended with { Code = ExecResult.TimedOutCode };
    }

    /// <summary>The end of a command that nobody keeps any more; -1 when this process lets go of it first.</summary>
    private int AwaitUnkept()
    {
        TimeSpan slice = TimeSpan.FromMilliseconds(200);
        using HeldDescriptor? process = HeldDescriptor.Of(_process);
        while (process is not null && !_letGo)
        {
            if (Polling.Readable(process.Number, slice))
            {
                return ExitInfo.Of(process.Number, Pid);
            }
        }

        return -1;
    }

    /// <summary>A pipe whose asynchronous reads wait in the runtime's own poller, where those of a file would hold a thread each.</summary>
    private static AnonymousPipeClientStream Pipe(SafeFd descriptor, PipeDirection direction)
    {
        SafePipeHandle handle = new(descriptor.Number, ownsHandle: true);
        descriptor.SetHandleAsInvalid();
        return new(direction, handle);
    }

    private static SafeFileHandle Handle(SafeFd descriptor)
    {
        SafeFileHandle handle = new(descriptor.Number, ownsHandle: true);
        descriptor.SetHandleAsInvalid();
        return handle;
    }
}
