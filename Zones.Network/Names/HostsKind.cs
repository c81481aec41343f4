using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Boot;
using Zones.Catalogue;
using Zones.Hosting;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Network.Names;

/// <summary>The ledger's kind for the names that a zone is known by. All zones of a tenant see one /etc/hosts: a file that this
/// library keeps, mounted read-only. A zone that comes or goes is known to the others at once, at the cost of writing one file; a
/// copy in each would be as many writes as there are zones, into roots that they own. What the file says is the ledger's rows. A zone
/// without a tenant has a file of its own beside its private files, which stays there until it is uninstalled: to make one anew at each
/// boot took as long as all of its link.</summary>
/// <param name="context">The host.</param>
internal sealed class HostsKind(HostContext context) : IResourceKind
{
    public const string Name = "hosts";

    private const string Loopback = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";

    private readonly string _hosts = Path.Combine(context.State, "network", "hosts");
    private readonly string _resolvers = Path.Combine(context.State, "network", "resolv");

    public string Kind => Name;

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        HostsRow row = HostsRow.Read(resource);
        BootNetwork network = ((ZoneBoot)boot).WantNetwork();
        if (row.Addresses.Length > 0)
        {
            string file = FileOf(resource.Name, row);
            if (HostsRow.IsShared(resource.Name))
            {
                Rewrite(resource.Name, null);
            }
            else
            {
                Write(file, Loopback + Lines(row));
            }

            network.Show(boot.Spec, "/etc/hosts", file);
        }

        if (row.Resolvers.Length > 0)
        {
            string file = Path.Combine(row.Zonepath!, "resolv.conf");
            Write(file, string.Concat(row.Resolvers.Select(resolver => $"nameserver {resolver}\n")));
            network.Show(boot.Spec, "/etc/resolv.conf", file);
        }
    }

    public void Release(Resource resource)
    {
        Remove(Path.Combine(_resolvers, resource.Zone)); // an earlier version's
        Rewrite(resource.Name, resource);
    }

    public ResourceCondition Probe(Resource resource) =>
        File.Exists(FileOf(resource.Name, HostsRow.Read(resource))) ? ResourceCondition.Present : ResourceCondition.Absent;

    private string FileOf(string key, HostsRow row) =>
        row.Zonepath is { } zonepath && !HostsRow.IsShared(key) ? Path.Combine(zonepath, "hosts") : Path.Combine(_hosts, key);

    /// <summary>In a transaction that changes the catalogue, even if only by nothing: whoever writes last has read last.</summary>
    /// <param name="key">Which file.</param>
    /// <param name="gone">A row that is to be forgotten with this; null for none.</param>
    private void Rewrite(string key, Resource? gone) => context.Store.Write(Durability.Normal, connection =>
    {
        if (gone is not null)
        {
            long id = gone.Id;
            connection.Execute("DELETE FROM ledger WHERE id = @id", new { id });
        }

        string file = Path.Combine(_hosts, key);
        string text = string.Concat(Rows(connection, key).Select(other => Lines(HostsRow.Read(other))).Order(StringComparer.Ordinal));
        if (text.Length == 0)
        {
            Remove(file);
        }
        else
        {
            Write(file, Loopback + text);
        }

        return true;
    });

    private static void Remove(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    // A row type of this assembly: Dapper.AOT intercepts no query for another's.
    private static IEnumerable<Resource> Rows(SqliteConnection connection, string key) =>
        connection.Query<HostsData>("SELECT zone AS Zone, data AS Data FROM ledger WHERE kind = 'hosts' AND name = @key", new { key })
            .Select(row => new Resource(row.Zone, 0, Name, key, row.Data));

    private static string Lines(HostsRow row)
    {
        string names = string.Join(' ', row.Names);
        return string.Concat(row.Addresses.Select(address => $"{address}\t{names}\n"));
    }

    /// <summary>In place: zones have this very file mounted, and would not see another that took its name. The new text goes over the
    /// old one before that is cut, so that nobody finds it empty. A root inside who is the host's may hold a lease on it (fcntl(2), F_SETLEASE), for
    /// which an open would wait 45 seconds and all writers of the catalogue with it: then another file does take its name, and who has the old
    /// one keeps the old names until the next boot.</summary>
    private static unsafe void Write(string path, string text)
    {
        const int flags = Linux.O_RDWR | Linux.O_CREAT | Linux.O_NOFOLLOW | Linux.O_NONBLOCK;
        SafeFd? file = Kernel.Open(path, flags, out int errno, 0x1A4 /* 0644 */);
        if (file is null && errno is Linux.ENOENT or Linux.EAGAIN)
        {
            Remove(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = Kernel.Open(path, flags, out errno, 0x1A4);
        }

        using (file)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text), had = new byte[bytes.Length + 1];
            fixed (byte* start = bytes, before = had)
            {
                if (file is not null && Kernel.Call(Linux.Pread64, file.Number, (long)before, had.Length, 0) == bytes.Length && had.AsSpan(..^1).SequenceEqual(bytes))
                {
                    return;
                }

                // The mode first, whatever the umask: what says the right thing is left alone, above.
                long result = file is null ? -errno : Kernel.Call(Linux.Fchmod, file.Number, 0x1A4);
                if (result >= 0 && (result = Kernel.Call(Linux.Pwrite64, file!.Number, (long)start, bytes.Length, 0)) >= 0 && result < bytes.Length)
                {
                    result = -Linux.ENOSPC;
                }

                if (result < 0 || (result = Kernel.Call(Linux.Ftruncate, file!.Number, bytes.Length)) < 0)
                {
                    throw KernelError.On("cannot write the names of zones", path, (int)-result);
                }
            }
        }
    }
}

/// <summary>What is read of a ledger row.</summary>
internal sealed class HostsData
{
    public required string Zone { get; init; }

    public required string Data { get; init; }
}
