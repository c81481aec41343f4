using Zones.Domains.Brand;
using Zones.Domains.Compare.Measuring;
using Zones.Domains.Compare.Sides;
using Zones.Network;
using Zones.Zoned;

namespace Zones.Domains.Compare;

/// <summary>Where a comparison is made: a state directory of its own, its bridge, the program that works. Nothing of it is left at its end; of a
/// comparison that was killed its zones go with it (they have its lifetime), and the directory is what stays.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private const string Anchor = "link";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(20);

    private Workbench(string directory, ZonesOptions options)
    {
        Directory = directory;
        State = options.StateDirectory;
        Host = ZoneHost.Open(options);
    }

    /// <summary>All that it has made.</summary>
    public string Directory { get; }

    /// <summary>The state directory.</summary>
    public string State { get; }

    /// <summary>The host over it.</summary>
    public IZoneHost Host { get; }

    /// <summary>The directory with our program, which zones have bound.</summary>
    public string WorkDirectory => Path.Combine(Directory, "work");

    /// <summary>Our program.</summary>
    public string WorkProgram => Path.Combine(WorkDirectory, "work");

    /// <summary>Address of the bridge, which is the host's on it; null when there is none.</summary>
    public string? Gateway { get; private set; }

    /// <summary>The zone that keeps the bridge; null when there is none.</summary>
    public int? AnchorProcess { get; private set; }

    /// <summary>Why there is no bridge.</summary>
    public string? WhyNoLink { get; private set; }

    /// <summary>Makes it.</summary>
    public static Workbench Open(CompareOptions options)
    {
        string guest = DomainKind.GuestProgram(ZonedPrograms.Find(options.BinDirectory));
        string directory = System.IO.Directory.CreateDirectory(Path.Combine(options.TemporaryDirectory, $"zones-compare-{Guid.NewGuid():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        try
        {
            ZonesOptions own = new ZonesOptions { StateDirectory = Path.Combine(directory, "state"), BinDirectory = options.BinDirectory }.UseNetwork().UseDomains();
            Workbench bench = new(directory, own);
            System.IO.Directory.CreateDirectory(bench.WorkDirectory);
            File.Copy(guest, bench.WorkProgram);
            return bench;
        }
        catch
        {
            System.IO.Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Makes a bridge that lasts as long as this does, so that no boot has to make it: by a zone of process 1 alone, which ends with this
    /// process and takes the bridge with it.</summary>
    /// <param name="native">A zone's spec with a link.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task MakeLinkAsync(ZoneSpec native, CancellationToken cancellationToken)
    {
        try
        {
            string gateway = await MakePoolAsync(cancellationToken).ConfigureAwait(false);
            Zone anchor = await Host.CreateAsync(native with { Zone = Anchor, Init = null }, cancellationToken).ConfigureAwait(false);
            await anchor.InstallAsync(cancellationToken).ConfigureAwait(false);
            await anchor.BootAsync(cancellationToken).ConfigureAwait(false);
            AnchorProcess = (await anchor.InfoAsync(cancellationToken).ConfigureAwait(false)).Pid;
            Gateway = gateway;
        }
        catch (ZoneException e)
        {
            WhyNoLink = e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (ZoneInfo zone in await Host.ListAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false))
            {
                await Host.DeleteAsync(zone.Name, force: true, CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            await Host.DisposeAsync().ConfigureAwait(false);

            // zoned ends with the last zone, in a moment: its directory is not taken from it before.
            for (long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds; ProcessMemory.Naming(State).Count > 0 && Environment.TickCount64 < end;)
            {
                await Task.Delay(Pause).ConfigureAwait(false);
            }

            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }

    /// <summary>In 198.18.0.0/15, which is for measurements (RFC 2544, appendix C.2.2); one that no route of this host has.</summary>
    private async Task<string> MakePoolAsync(CancellationToken cancellationToken)
    {
        const int attempts = 16;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                string prefix = $"198.{18 + Random.Shared.Next(2)}.{Random.Shared.Next(256)}.0/24";
                AddressPool pool = new("default") { Bridge = $"zcmp{Environment.ProcessId}", Subnets = [new(prefix)] };
                return (await Host.Network().CreatePoolAsync(pool, cancellationToken).ConfigureAwait(false)).Subnets[0].Gateway!;
            }
            catch (ZoneException) when (attempt < attempts)
            {
                // It overlaps a route; another one does not.
            }
        }
    }
}
