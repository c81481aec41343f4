using System.Diagnostics;
using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>floor.c, kept running and told by a line when to boot, so that it can take turns with the library.</summary>
internal sealed class Floor : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="program">The compiled floor.c.</param>
    /// <param name="root">The private part of its root, made if need be.</param>
    /// <param name="hierarchies">Version 1 hierarchies to join, by their names below /sys/fs/cgroup.</param>
    public Floor(string program, string root, params string[] hierarchies)
    {
        string[] joins = hierarchies.Length > 0 ? ["-j", string.Join(',', hierarchies)] : [];
        ProcessStartInfo start = new(program, [.. joins, "0", "0", root, "/bin/true"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>Boots once; milliseconds to the first instruction.</summary>
    public async Task<double> BootAsync()
    {
        await _process.StandardInput.WriteAsync("\n");
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the floor ended; its message is above");
        return double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
