using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>Commands inside a zone, and the <c>zone</c> command itself.</summary>
internal static class Commands
{
    public static async Task<Row[]> ExecAsync(Subject subject)
    {
        Zone zone = await subject.Host.CreateAsync(Subject.Spec("exec"));
        await zone.InstallAsync();
        await zone.BootAsync();
        string pid = (await zone.InfoAsync()).Pid!.Value.ToString(CultureInfo.InvariantCulture);
        (Samples, Samples) measured = await Samples.InTurnsAsync(
            subject.Settings.Samples,
            TimeSpan.Zero,
            () => TimeAsync(zone, "true"),
            () => Task.FromResult(Command.Run(["nsenter", "-t", pid, "-a", "true"])));
        await zone.DeleteAsync(force: true);
        return [Row.Compare("`ExecAsync([\"true\"])`; `nsenter -a true`", measured, 1.5, "≤ 1.5 × nsenter")];
    }

    public static async Task<Row[]> ListAsync(Subject subject)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "zone");
        (Samples Ours, Samples Other) measured = await Samples.InTurnsAsync(
            subject.Settings.Samples,
            TimeSpan.Zero,
            () => Task.FromResult(Command.Run([program, "list", "-c"], $"ZONES_STATE={subject.State}")),
            () => Task.FromResult(Command.Run(["/bin/true"])));
        Row row = Row.Compare("`zone list -c`, whole command; `/bin/true`", measured, null, "≤ 10 ms");
        return [row with { Met = measured.Ours.Median <= 10 }];
    }

    /// <summary>How long a command takes inside a zone, in milliseconds.</summary>
    /// <param name="zone">A running zone.</param>
    /// <param name="command">Program and arguments.</param>
    /// <exception cref="InvalidOperationException">It ended with another status than 0.</exception>
    public static Task<double> TimeAsync(Zone zone, params string[] command) => Samples.TimeAsync(async () =>
    {
        ExecResult result = await zone.ExecAsync([.. command]);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {result.ExitCode}: {result.StandardError}");
        }
    });
}
