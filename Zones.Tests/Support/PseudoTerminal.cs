using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Zones.Tests.Support;

/// <summary>A process on a terminal of its own, with this side as the person at the keyboard (pty(7)).</summary>
internal sealed class PseudoTerminal : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _slave;
    private readonly FileStream _keyboard;
    private readonly StringBuilder _screen = new();
    private readonly Process _process;
    private readonly Task _reading;

    private PseudoTerminal(string state, string[] command)
    {
        (_master, _slave, string path) = Pty.Open();
        Resize(80, 24);
        ModeAtStart = Mode;
        ProcessStartInfo start = new("/bin/sh", ["-c", "exec 0<>\"$0\" 1>&0 2>&0; exec setsid --ctty \"$@\"", path, .. command]);
        start.Environment["ZONES_STATE"] = state;
        start.Environment["TERM"] = "xterm";
        _keyboard = new(_master, FileAccess.Write, 0);
        _process = Process.Start(start)!;
        _reading = Task.Run(Read);
    }

    /// <summary>struct termios before the process ran.</summary>
    public byte[] ModeAtStart { get; }

    /// <summary>struct termios now.</summary>
    public byte[] Mode => Pty.Mode(_slave);

    /// <summary>All that appeared on the screen so far.</summary>
    public string Screen
    {
        get
        {
            lock (_screen)
            {
                return _screen.ToString();
            }
        }
    }

    /// <summary>Starts a command of <c>zone</c>'s on a terminal of 80 columns and 24 rows.</summary>
    public static PseudoTerminal Start(TestHost test, params string[] arguments) => new(test.State, [ZoneCli.Path, .. arguments]);

    /// <summary>Starts another program on such a terminal.</summary>
    public static PseudoTerminal StartProgram(TestHost test, params string[] command) => new(test.State, command);

    /// <summary>Types.</summary>
    public void Type(string keys)
    {
        _keyboard.Write(Encoding.UTF8.GetBytes(keys));
        _keyboard.Flush();
    }

    /// <summary>Changes the window's size, which the kernel tells with SIGWINCH.</summary>
    public void Resize(int columns, int rows) => Pty.Resize(_master, columns, rows);

    /// <summary>Sends the process a signal from outside.</summary>
    public void Signal(int signal) => Assert.Equal(0, Syscall.kill(_process.Id, (Signum)signal));

    /// <summary>Waits until the screen shows a text after a place, and gives the place after it.</summary>
    public async Task<int> SeesAsync(string text, int after = 0)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        int found;
        while ((found = Screen.IndexOf(text, after, StringComparison.Ordinal)) < 0)
        {
            Assert.True(Environment.TickCount64 < deadline, $"'{text}' does not appear after {after} in:\n{Screen}");
            await Task.Delay(10);
        }

        return found + text.Length;
    }

    /// <summary>Waits for the end of the process and gives its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using CancellationTokenSource limit = new(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the command does not end; the screen:\n{Screen}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _slave.Dispose();
        await _reading;
        _process.Dispose();
        await _keyboard.DisposeAsync();
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        char[] text = new char[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        for (int length; (length = Pty.Read(_master, buffer)) > 0;)
        {
            int count = decoder.GetChars(buffer, 0, length, text, 0);
            lock (_screen)
            {
                _screen.Append(text, 0, count);
            }
        }
    }
}
