using System.Diagnostics;
using System.Globalization;
using Zones.Domains.Compare.Measuring;
using Zones.Domains.Compare.Sides;

namespace Zones.Domains.Compare;

/// <summary>One boot of one side, and everything that is measured between it and its end: each figure once.</summary>
/// <param name="side">What.</param>
/// <param name="plan">What is run, and for how long.</param>
/// <param name="bench">Where.</param>
/// <param name="results">Takes the figures.</param>
internal sealed class Round(Side side, ComparePlan plan, Workbench bench, Results results)
{
    /// <summary>Figures that the program inside tells, each under its name.</summary>
    private static readonly string[] Network = [FigureNames.Latency, FigureNames.Throughput];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BootAsync(cancellationToken).ConfigureAwait(false);
            long own = await MemoryAsync(FigureNames.IdlePss, FigureNames.IdleKernel, FigureNames.IdleMachine).ConfigureAwait(false);
            if (own > 0)
            {
                results.Add(side.Name, FigureNames.Fit, Math.Floor((double)plan.Memory / own));
            }

            results.Missing(side.Name, FigureNames.Fit, "it had no memory of its own any more when that was measured; give the spec an init that stays");
            await SharedAsync().ConfigureAwait(false);
            await MeasureAsync(cancellationToken).ConfigureAwait(false);
            foreach (WorkloadRun run in plan.Runs)
            {
                await RunAsync(run, cancellationToken).ConfigureAwait(false);
            }

            await using (await side.HoldAsync([side.Program, "work", "load"], "loaded", cancellationToken).ConfigureAwait(false))
            {
                await MemoryAsync(FigureNames.LoadedPss, FigureNames.LoadedKernel, FigureNames.LoadedMachine).ConfigureAwait(false);
            }

            results.Add(side.Name, FigureNames.Disk, side.Disk());
        }
        finally
        {
            await side.HaltAsync().ConfigureAwait(false);
        }
    }

    private async Task BootAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await side.BootAsync(cancellationToken).ConfigureAwait(false);
        results.Add(side.Name, FigureNames.FirstInstruction, Stopwatch.GetElapsedTime(start).TotalSeconds);
        if (plan.AnswerLine is { } line)
        {
            await side.AwaitLineAsync(line, cancellationToken).ConfigureAwait(false);
        }
        else if (plan.AnswerTcp is { } port)
        {
            ExecResult answered = await side.RunAsync([side.Program, "work", "connect", Text(port)], cancellationToken).ConfigureAwait(false);
            if (answered.ExitCode != 0)
            {
                throw new ZoneException($"{side.Name}: nothing inside takes connections at TCP port {port}; name the port of answer.tcp, or of readiness.tcp, at which the workload listens");
            }
        }
        else
        {
            results.Missing(side.Name, FigureNames.FirstAnswer, "when init has answered is not said; give the spec readiness: { tcp: PORT }, or --work a file with an answer");
            return;
        }

        results.Add(side.Name, FigureNames.FirstAnswer, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>What it takes of the host's memory now.</summary>
    /// <returns>Bytes that one more would take: what its processes share with nobody, the kernel's, and what Xen gives it.</returns>
    private async Task<long> MemoryAsync(string pss, string kernel, string machine)
    {
        IReadOnlyList<int> processes = await side.ProcessesAsync().ConfigureAwait(false);
        long own = ProcessMemory.Private(processes);
        results.Add(side.Name, pss, ProcessMemory.Pss(processes));
        if (side.KernelMemory(processes) is { } bytes)
        {
            results.Add(side.Name, kernel, bytes);
            own += bytes;
        }

        results.Missing(side.Name, kernel, side.Name == SideNames.Process ? "a process of the host has no cgroup of its own" : "this host counts no memory of the kernel");
        results.Missing(side.Name, machine, $"a {side.Name} is no machine");
        int[] machines = [.. processes.Where(process => ProcessMemory.Text($"/proc/{process}/comm").StartsWith("qemu-system", StringComparison.Ordinal))];

        // QEMU holds its machine's memory; what Xen gives a domain no process of this host holds.
        long given = machines.Length > 0 ? 0 : await side.MachineMemoryAsync().ConfigureAwait(false);
        if (machines.Length > 0 || given > 0)
        {
            results.Add(side.Name, machine, ProcessMemory.Resident(machines) + given);
        }

        return own + given;
    }

    /// <summary>Programs that name the state directory and are in no zone. Process 1 of one names it too.</summary>
    private async Task SharedAsync()
    {
        if (side.Name == SideNames.Process)
        {
            results.Missing(side.Name, FigureNames.Shared, "a process of the host needs none");
            return;
        }

        IReadOnlyList<int> own = await side.ProcessesAsync().ConfigureAwait(false);
        results.Add(side.Name, FigureNames.Shared, ProcessMemory.Pss(ProcessMemory.Naming(bench.State).Except([.. own, bench.AnchorProcess ?? 0])));
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        BareCommand? server = side.Server is { } place ? BareCommand.Start(bench.WorkProgram, ["work", "serve", place.Listen], []) : null;
        try
        {
            const string says = "port ";
            string? port = server is null ? null : (await server.Output.AwaitAsync(says, cancellationToken).ConfigureAwait(false))[says.Length..];
            string spell = Text((int)plan.Spell.TotalMilliseconds);
            ExecResult measured = await side.RunAsync([side.Program, "work", "measure", spell, .. port is null ? (string[])[] : [side.Server!.Value.Inside, port]], cancellationToken).ConfigureAwait(false);
            if (measured.ExitCode != 0)
            {
                throw new ZoneException($"{side.Name}: the program that measures ended with status {measured.ExitCode}: {measured.StandardError.Trim()}");
            }

            foreach (string[] words in measured.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')))
            {
                results.Add(side.Name, words[0], double.Parse(words[1], CultureInfo.InvariantCulture));
            }

            foreach (string figure in Network)
            {
                results.Missing(side.Name, figure, side.WhyNoServer ?? $"{side.Server?.Inside} port {port} is not reached from inside; a firewall may drop it");
            }
        }
        finally
        {
            if (server is not null)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task RunAsync(WorkloadRun run, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        ExecResult result = await side.RunAsync(run.Command, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
        {
            results.Add(side.Name, FigureNames.RunPrefix + run.Name, Stopwatch.GetElapsedTime(start).TotalSeconds);
            return;
        }

        throw new ZoneException($"{side.Name}: {run.Name}: {run.Command[0]} ended with status {result.ExitCode}: {(result.StandardError.Length > 0 ? result.StandardError : result.StandardOutput).TrimEnd().Split('\n')[^1]}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
