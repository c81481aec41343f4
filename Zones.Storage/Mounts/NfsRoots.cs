using System.Globalization;
using Zones.Hosting;
using Zones.Interop;
using Zones.Roots;
using Zones.Specs;

namespace Zones.Storage.Mounts;

/// <summary>Roots over NFS: which way in there is, and the mounted tree.</summary>
/// <param name="context">The host.</param>
internal sealed class NfsRoots(HostContext context) : IRootProvider
{
    private readonly MountStore _mounts = new(context);

    public bool Provides(RootSource source) => source == RootSource.Nfs;

    public void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings)
    {
        try
        {
            RemoteExport export = RemoteExport.Find(Address(spec));
            MountRow row = Choose(export.Address, () => export);
            uint owner = export.Attributes.User;
            if (spec.Security.UserNamespace && WhyNotIdmapped(row.Way) is { } why)
            {
                VerifyWindow(spec, row, why, owner, problems, warnings);
            }
            else if (row.Way != NfsWay.Bind && IdWindow.Of(row.Address.ToString(), owner) is { } window)
            {
                warnings.Add($"root.source: the ids of {row.Address} are shifted to {window}, and here they need not be: the zone sees the files as others'; export it without shift (zone nfs serve){(row.Way == NfsWay.Fuse ? ", or use via=kernel" : "")}");
            }
        }
        catch (ZoneException e)
        {
            problems.Add(new("root.source", spec.Root.Source, e.Message.StartsWith("root.source: ", StringComparison.Ordinal) ? e.Message["root.source: ".Length..] : e.Message));
        }
    }

    public Resource? Intent(ZoneSpec spec)
    {
        NfsAddress address = Address(spec);
        MountRow row = Choose(address, () => RemoteExport.Find(address));
        return new(spec.Zone, 0, MountKind.Name, row.Name, row.Data);
    }

    public RootTree Open(ZoneSpec spec)
    {
        Resource held = context.Catalogue.Ledger(spec.Zone).Find(resource => resource.Kind == MountKind.Name)
            ?? throw new ZoneResourceException($"{spec.Zone}: root.source: holds no mount; halt it and boot it again", MountKind.Name) { Zone = spec.Zone };
        MountRow row = MountRow.Read(held);
        if (row.Way == NfsWay.Bind)
        {
            return new RootTree(row.Directory!, row.Address.ToString());
        }

        HeldMount mount = _mounts.Locked(held.Name, () => _mounts.Find(held.Name))
            ?? throw new ZoneResourceException($"{spec.Zone}: root.source: the mount of {row.Address} is gone with its server and zoned; halt the zones that use it and boot them again", MountKind.Name) { Zone = spec.Zone };
        return new MountedTree(mount, row);
    }

    private static string? WhyNotIdmapped(NfsWay way) => way switch
    {
        NfsWay.Kernel => "the kernel's NFS client cannot be idmapped",
        NfsWay.Fuse when !FuseProbe.CanIdmap => "this kernel cannot idmap FUSE (Linux 6.12 can)",
        _ => null,
    };

    /// <summary>The window is wherever the export shifts its ids to: its top is root's.</summary>
    private void VerifyWindow(ZoneSpec spec, MountRow row, string why, uint owner, List<SpecProblem> problems, List<string> warnings)
    {
        long? own = context.Catalogue.Find(spec.Zone)?.IdBase;
        string? wanted = (own ?? spec.Security.IdBase)?.ToString(CultureInfo.InvariantCulture);
        if (IdWindow.Of(row.Address.ToString(), owner) is not { } window)
        {
            warnings.Add($"root.source: {why}, and the ids of {row.Address} are not shifted (its top is user {owner}'s): the zone sees the files as nobody's and reads only what everybody may; export it with shift={wanted ?? "N, N a multiple of 65536 that is no zone's id-base"} (zone nfs serve)");
        }
        else if (wanted is not null && wanted != window.First.ToString(CultureInfo.InvariantCulture))
        {
            problems.Add(new("security.id-base", wanted, $"{why}, and the ids of {row.Address} are shifted to {window}, not to the zone's {wanted}; export it with shift={wanted} (zone nfs serve), or {(own is null ? "leave id-base out" : "uninstall the zone and install it again")}"));
        }
        else
        {
            warnings.Add($"root.source: {why}: all zones on this mount of {row.Address} share the ids {window}; to the kernel, root of one is root of the others");
        }
    }

    private static NfsAddress Address(ZoneSpec spec) =>
        NfsAddress.Parse(spec.Root.Source, out string? problem) ?? throw new ZoneResourceException($"root.source: {problem}", MountKind.Name);

    /// <summary>The nearest way in: the directory itself; else what can give each zone its own ids; else what is there.</summary>
    /// <param name="address">The export.</param>
    /// <param name="find">Asks the server, where that is needed.</param>
    private static MountRow Choose(NfsAddress address, Func<RemoteExport> find)
    {
        NfsWay way = address.Way;
        if (way is NfsWay.Auto or NfsWay.Bind)
        {
            string? directory = LocalExport.IsOnThisHost(address) ? LocalExport.Find(address, find().Attributes) : null;
            if (directory is not null)
            {
                return new(NfsWay.Bind, address, directory);
            }

            if (way == NfsWay.Bind)
            {
                throw new HostCapabilityException($"root.source: {address}: {address.Export} is not a directory of this host that the server exports; leave via out", "root.source");
            }

            way = FuseProbe.CanIdmap || (FuseProbe.IsHere && !KernelNfs.IsHere) ? NfsWay.Fuse : NfsWay.Kernel;
        }

        return way == NfsWay.Kernel && !KernelNfs.IsHere
            ? throw KernelNfs.Missing(address)
            : new(way, address);
    }
}
