using System.Globalization;

namespace Zones.Hosting;

/// <summary>Waits until a zone that was booted is ready for those that depend on it.</summary>
internal static class ReadinessProbe
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when all that readiness says holds at once.</summary>
    /// <exception cref="ZoneException">The time is over, or the zone has ended.</exception>
    public static async Task UntilReadyAsync(IZoneHost host, ZoneSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Readiness is not { } readiness)
        {
            return;
        }

        long deadline = Environment.TickCount64 + (readiness.Timeout * 1000L);
        string waitsFor;
        do
        {
            ZoneInfo info = await host.InfoAsync(spec.Zone, cancellationToken).ConfigureAwait(false);
            if (info is not { State: ZoneState.Running, Pid: { } process })
            {
                throw new ZoneException($"{spec.Zone}: ended before it was ready (it is {info.State.Text()}); see its log") { Zone = spec.Zone, Operation = "autoboot" };
            }

            string? lacks = readiness.Tcp is { } port && !Listens(process, port) ? string.Create(CultureInfo.InvariantCulture, $"nothing listens on TCP port {port}")
                : readiness.Exec is { } command ? await FailureAsync(host, spec.Zone, command, deadline, cancellationToken).ConfigureAwait(false)
                : null;
            if (lacks is null)
            {
                return;
            }

            waitsFor = lacks;
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
        while (Environment.TickCount64 < deadline);
        throw new ZoneException($"{spec.Zone}: is not ready after {readiness.Timeout} s: {waitsFor}; see its log, or set readiness.timeout") { Zone = spec.Zone, Operation = "autoboot" };
    }

    /// <summary>Why the command does not say that the zone is ready; null when it does.</summary>
    private static async Task<string?> FailureAsync(IZoneHost host, string zone, SpecList<string> command, long deadline, CancellationToken cancellationToken)
    {
        try
        {
            TimeSpan left = TimeSpan.FromMilliseconds(Math.Max(deadline - Environment.TickCount64, 100));
            ExecResult result = await host.ExecAsync(zone, new ExecRequest(command) { Timeout = left }, cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0 ? null : $"{command[0]} ends with status {result.ExitCode}";
        }
        catch (ZoneException e)
        {
            return e.Message;
        }
    }

    /// <summary>Whether a socket in the network namespace of a process listens on a port (proc_pid_net(5)): no connection is made that the service would see.</summary>
    private static bool Listens(int process, int port)
    {
        const string listening = "0A";
        string end = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (string table in (string[])["tcp", "tcp6"])
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/net/{table}");
            try
            {
                if (File.ReadLines(path).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(fields => fields is [_, { } local, _, listening, ..] && local.EndsWith(end, StringComparison.Ordinal)))
                {
                    return true;
                }
            }
            catch (IOException)
            {
                // The process has ended, or this kernel has no IPv6.
            }
        }

        return false;
    }
}
