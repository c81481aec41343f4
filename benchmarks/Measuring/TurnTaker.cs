using System.Diagnostics;
using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>A C program, kept running and told by a line when to do its work, so that it can take turns with the library.</summary>
/// <param name="program">The compiled program.</param>
/// <param name="arguments">Those that make it wait for lines.</param>
internal class TurnTaker(string program, params string[] arguments) : IDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
        ?? throw new InvalidOperationException($"{program} did not start");

    /// <summary>Does it once; milliseconds, as the program measures them.</summary>
    public async Task<double> RunAsync()
    {
        await _process.StandardInput.WriteAsync("\n");
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{program} ended; its message is above");
        return double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The program's process.</summary>
    protected int Pid => _process.Id;

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
