using System.Diagnostics;

namespace Zones.Domains.Xen;

/// <summary>Xen's tool, xl(1), which drives libxl: what is done with domains that are there.</summary>
/// <param name="program">Where it is.</param>
internal sealed class Xl(string program)
{
    private static readonly TimeSpan DeathTimeout = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The tool of this host; null when it is not domain 0, which has no domains of its own.</summary>
    /// <exception cref="HostCapabilityException">It is, and has no xl.</exception>
    public static Xl? OfHost() => XenHost.Read() is not { IsControl: true } host ? null
        : host.Xl is { } program ? new(program)
        : throw new HostCapabilityException($"xl of Xen {host.Version} is not there; install xen-utils-{host.Version} (Debian)");

    /// <summary>Finds a domain; null when it is not there.</summary>
    /// <param name="uuid">Which Xen knows it by.</param>
    /// <exception cref="ZoneResourceException">xl cannot say.</exception>
    public XenDomain? Find(string uuid) => XenDomain.Find(Run("list", "-v"), uuid);

    /// <summary>Ends a domain, in whatever state it is, and waits until nothing of it is left; nothing when it is not there.</summary>
    /// <exception cref="ZoneResourceException">It does not go.</exception>
    public void Destroy(string uuid)
    {
        long deadline = Environment.TickCount64 + (long)DeathTimeout.TotalMilliseconds;
        string? reason = null;
        while (Find(uuid) is { } domain)
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new ZoneResourceException(reason ?? $"Xen's domain {domain.Id} ({uuid}) does not end ({domain.Status}); see xl list -v", XenKind.Name) { IsTransient = true };
            }

            try
            {
                if (domain.Status != "dying")
                {
                    Run("destroy", domain.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    continue;
                }
            }
            catch (ZoneResourceException e)
            {
                // Another may have been quicker; what the list says counts.
                reason = e.Message;
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Tells a domain's kernel that its power button was pressed; nothing when it is not there.</summary>
    public void PressPowerButton(string uuid)
    {
        if (Find(uuid) is { } domain)
        {
            Run("shutdown", domain.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private string Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new ZoneResourceException($"xl {string.Join(' ', arguments)}: exit status {process.ExitCode}: {error.Result.Trim()}", XenKind.Name) { Path = program, IsTransient = true };
    }
}
