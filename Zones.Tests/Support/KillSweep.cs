using System.Diagnostics;

namespace Zones.Tests.Support;

/// <summary>The steps at which a command is to be killed, one after the other: of each system call the first, the second and so on until the command
/// ends by itself, then the next call. strace(1) counts each call of a set by itself, so a sweep over a set would kill at the N-th of whichever comes
/// first and pass over the others. It also counts in each thread alone: what a program does in a second thread is hidden behind as many of the same
/// call in the first. That forbids <c>openat</c>, of which the program's start makes ninety, and costs a <c>recvmsg</c> now and then.</summary>
/// <param name="each">Calls of which every one is a step.</param>
/// <param name="sampled">Calls that are many and alike, as the catalogue's writes (its transactions are whole or not there): some of them, thinner and thinner.</param>
internal sealed class KillSweep(string[] each, string[] sampled)
{
    private readonly List<string> _left = [.. each, .. sampled];

    /// <summary>The calls that are not done with.</summary>
    public IReadOnlyList<string> Left => _left;

    /// <summary>Whether there is nothing more to kill.</summary>
    public bool IsOver => _left.Count == 0;

    /// <summary>The system call of this step.</summary>
    public string Call => _left[0];

    /// <summary>The so-manieth of them, from 1.</summary>
    public int At { get; private set; } = 1;

    /// <summary>How many steps killed the command. A test asserts that they were not few, since a sweep over nothing finds nothing.</summary>
    public int Kills { get; private set; }

    /// <summary>Goes on to the next step.</summary>
    /// <param name="killed">Whether this one killed the command; false when it ended before.</param>
    public void Next(bool killed)
    {
        if (killed)
        {
            Kills++;
            At += sampled.Contains(Call) ? 1 + (At / 4) : 1;
        }
        else
        {
            _left.RemoveAt(0);
            At = 1;
        }
    }

    /// <summary>Kills a process that runs already, a part of zoned, at this step while something is done; then the sweep is at its next step.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="action">What is done.</param>
    public async Task KillAsync(int pid, Func<Task> action)
    {
        const int interrupt = 2;
        using Process tracer = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "-e", $"trace={Call}", "-e", $"inject={Call}:signal=KILL:when={At}", "-p", $"{pid}"]) { RedirectStandardError = true })!;
        Assert.Contains("attached", await tracer.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await action();
        bool killed = !ZonedProcesses.Lives(pid);
        ZonedProcesses.Signal(tracer.Id, interrupt);
        await tracer.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Call} {At}: {(killed ? "killed" : "over")}");
        Next(killed);
    }

    /// <summary>Leaves out what a run that was not killed did not call.</summary>
    public void Keep(Func<string, bool> isMade) => _left.RemoveAll(call => !isMade(call));
}
