namespace Zones.Boot;

/// <summary>What a boot does for the zone's network.</summary>
internal sealed class BootNetwork : IDisposable
{
    /// <summary>Where <see cref="Outside"/> is sent; there when anything is to be.</summary>
    public ILinkSocket? Socket { get; set; }

    /// <summary>Sent by the spawner on a socket of the manager's network namespace: makes links in the zone's.</summary>
    public NetlinkMessages Outside { get; } = new();

    /// <summary>Sent by process 1 in its own namespace, after those: addresses and routes.</summary>
    public NetlinkMessages Inside { get; } = new();

    /// <summary>Links that the zone's own kernel configures; empty for zones that share the host's.</summary>
    public List<BootLink> Links { get; } = [];

    /// <summary>Files of the host to be seen in the zone, read-only.</summary>
    public List<ZoneFs> Files { get; } = [];

    /// <summary>A file of the host to be seen in the zone, unless the spec says what is to be there.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="path">Where in the zone, absolute.</param>
    /// <param name="file">The host's file.</param>
    public void Show(ZoneSpec spec, string path, string file)
    {
        if (!spec.Fs.Any(fs => Specs.SpecPath.IsAtOrBelow(path, fs.Dir)))
        {
            Files.Add(new(path, file) { Options = ["ro", "noidmap", "nosuid", "noexec"] });
        }
    }

    public void Dispose()
    {
        Socket?.Dispose();
        Links.ForEach(link => link.Frames?.Dispose());
    }
}
