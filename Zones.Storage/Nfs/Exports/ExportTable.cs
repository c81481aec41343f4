using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Zones.Storage.Nfs;

/// <summary>The exports of a moment; replaced as a whole.</summary>
internal sealed class ExportTable
{
    private readonly Dictionary<uint, ActiveExport> _byId = [];

    /// <summary>Opens exports. One whose name and directory are those of one of <paramref name="before"/> goes on with its open files.</summary>
    /// <param name="exports">What there is to be from now on.</param>
    /// <param name="before">What there was.</param>
    /// <param name="cache">Where files are kept open.</param>
    /// <param name="codec">Makes their handles.</param>
    /// <exception cref="ZoneException">One of them cannot be had; then nothing is different.</exception>
    public ExportTable(IEnumerable<NfsExport> exports, ExportTable? before, NodeCache cache, HandleCodec codec)
    {
        try
        {
            foreach (NfsExport export in exports)
            {
                uint id = IdOf(export.Name);
                if (_byId.TryGetValue(id, out ActiveExport? other))
                {
                    throw new ZoneException(other.Options.Name == export.Name
                        ? $"two exports are called {export.Name}; name one of them otherwise"
                        : $"the exports {other.Options.Name} and {export.Name} have one number; name one of them otherwise");
                }

                ExportTree tree = ExportTree.Open(export.Directory, id, cache, codec);
                if (before?.Find(id) is { } earlier && earlier.Tree.RootStatus.IsSameFileAs(tree.RootStatus))
                {
                    tree.Dispose();
                    tree = earlier.Tree;
                }

                _byId.Add(id, new ActiveExport(export, tree));
            }
        }
        catch
        {
            CloseAllBut(before);
            throw;
        }
    }

    public IReadOnlyCollection<ActiveExport> All => _byId.Values;

    public ActiveExport? Find(uint id) => _byId.GetValueOrDefault(id);

    /// <summary>The export that a path to mount is of: its name, or a directory below it.</summary>
    /// <param name="path">Such as <c>/debian-12/usr</c>.</param>
    /// <param name="below">What follows the name, without slashes around it.</param>
    public ActiveExport? Find(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> below)
    {
        below = default;
        path = path.Trim((byte)'/');
        ActiveExport? best = null;
        foreach (ActiveExport export in _byId.Values)
        {
            ReadOnlySpan<byte> name = export.NameBytes;
            if (path.StartsWith(name) && (path.Length == name.Length || path[name.Length] == '/') && name.Length >= (best?.NameBytes.Length ?? 0))
            {
                best = export;
                below = path[name.Length..].Trim((byte)'/');
            }
        }

        return best;
    }

    /// <summary>Lets go of what no longer is exported. Calls in the middle end with what they have open.</summary>
    public void CloseAllBut(ExportTable? kept)
    {
        foreach (ActiveExport export in _byId.Values)
        {
            if (kept?.Find(export.Tree.ExportId)?.Tree != export.Tree)
            {
                export.Tree.Retire();
            }
        }
    }

    private static uint IdOf(string name) => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}

/// <summary>An export with its open tree.</summary>
internal sealed class ActiveExport(NfsExport options, ExportTree tree)
{
    public NfsExport Options => options;

    public ExportTree Tree => tree;

    public byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(options.Name);
}
