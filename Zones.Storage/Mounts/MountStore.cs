using Zones.Hosting;
using Zones.Interop;
using Zones.Specs;
using Zones.Storage.Fuse;
using Zones.Zoned;

namespace Zones.Storage.Mounts;

/// <summary>The mounts of a state directory: zoned's keeper has their descriptors and runs their servers. Everything here is done
/// under the mount's lock, and may be done twice.</summary>
/// <param name="context">The host.</param>
internal sealed class MountStore(HostContext context)
{
    private readonly HeldServers _servers = new(context);

    /// <summary>Runs an action while no other process does anything with the mount.</summary>
    public T Locked<T>(string name, Func<T> action) => _servers.Locked(name, action);

    /// <summary>The mount's descriptors; null when there is none.</summary>
    public HeldMount? Find(string name) => _servers.Find(name) is { } held ? HeldMount.From(held) : null;

    /// <summary>Makes the mount; returns when its root can be looked at.</summary>
    public void Make(MountRow row)
    {
        using HeldMount made = row.Way == NfsWay.Fuse ? MakeFuse(row) : new(KernelNfs.Mount(row.Address), null, null);
        _servers.Hold(row.Name, made.Descriptors);

        // The first question to a FUSE mount waits until its server has said what it can do; idmaps are refused before that.
        Task<bool> first = Task.Run(() => Directory.Exists($"/proc/self/fd/{made.Mount.Number}/."));
        if (!first.Wait(context.Options.BootTimeout) || !first.Result)
        {
            _servers.Drop(row.Name);
            throw new ZoneResourceException($"root.source: {row.Address}: the mount does not answer within {context.Options.BootTimeout.TotalSeconds} s; see {HeldServerLog.PathOf(context.State, row.Name)}", MountKind.Name) { IsTransient = true };
        }

        if (row.Way == NfsWay.Fuse)
        {
            FuseMount.ReadFarAhead(made.Mount);
        }
    }

    private static HeldMount MakeFuse(MountRow row)
    {
        RemoteExport export = RemoteExport.Find(row.Address);
        SafeFd device = FuseMount.OpenDevice();
        SafeFd? table = null;
        try
        {
            table = NodeTable.Create(row.Name);
            using (NodeTable nodes = NodeTable.Open(table.Number))
            {
                nodes.Reference(export.Root);
                export.Write(nodes.Header);
            }

            return new(FuseMount.Make(device, row.Address.ToString()), device, table);
        }
        catch
        {
            device.Dispose();
            table?.Dispose();
            throw;
        }
    }
}
