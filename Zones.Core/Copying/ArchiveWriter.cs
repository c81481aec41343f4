using System.Formats.Tar;
using System.Text;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>Writes a file or a tree of a zone's as an archive in the form of pax(1), which every tar(1) reads. Holes are zeros in it, and files with several names are
/// several files.</summary>
internal sealed class ArchiveWriter
{
    private const uint Permissions = 0x1FF, Sticky = 0x200;

    /// <summary>The greatest id that the header of an entry holds; greater ones are nobody's (65534).</summary>
    private const uint GreatestId = 2_097_151, Nobody = 65_534;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private readonly FileHand _from;
    private readonly CopyOptions _options;
    private readonly CancellationToken _cancel;
    private readonly CopyTally _tally = new();
    private readonly TreeReader _reader;

    /// <param name="from">The zone.</param>
    /// <param name="options">What comes along.</param>
    /// <param name="cancel">Between files, and within great ones.</param>
    public ArchiveWriter(FileHand from, CopyOptions options, CancellationToken cancel) => (_from, _options, _cancel, _reader) = (from, options, cancel, new(from, _tally, cancel));

    /// <summary>Writes it. One that breaks off has no end, so that nobody takes it for whole.</summary>
    /// <param name="source">A path in the zone; links in it are followed. Its last name is what names in the archive begin with.</param>
    /// <param name="archive">Left open.</param>
    public async Task<CopyReport> RunAsync(string source, Stream archive)
    {
        TreeEntry top = _reader.Open(source);
        using (top.Opened)
        {
            string last = Path.GetFileName(source.TrimEnd('/'));
            TarWriter writer = new(archive, TarEntryFormat.Pax, leaveOpen: true);
            await EntryAsync(writer, top, last is "" or "." or ".." ? "." : last, 0).ConfigureAwait(false);
            await writer.DisposeAsync().ConfigureAwait(false);
            return _tally.Report();
        }
    }

    private async Task EntryAsync(TarWriter writer, TreeEntry entry, string name, int depth)
    {
        if (entry.Link is not null)
        {
            if (TextOf(entry.Link) is { } target)
            {
                await WriteAsync(writer, entry, new(TarEntryType.SymbolicLink, name) { LinkName = target }).ConfigureAwait(false);
                _tally.Links++;
            }
            else
            {
                _tally.Refuse($"{_from.Prefix}{entry.Place}: leads to a name that is not UTF-8, which an archive does not hold");
            }
        }
        else if (entry.Facts.Type == FileType.Directory)
        {
            await WriteAsync(writer, entry, new(TarEntryType.Directory, name + "/")).ConfigureAwait(false);
            _tally.Directories++;
            foreach (TreeEntry below in _reader.Below(entry, depth))
            {
                if (TextOf(below.Name) is { } belowName)
                {
                    await EntryAsync(writer, below, $"{name}/{belowName}", depth + 1).ConfigureAwait(false);
                }
                else
                {
                    _tally.Refuse($"{_from.Prefix}{below.Place}: has a name that is not UTF-8, which an archive does not hold");
                }
            }
        }
        else
        {
            MeasuredFile data = new(entry.Opened, entry.Facts.Length, errno => CopyFailure.Of(_from, entry.Place, "cannot read it", errno));
            await using (data.ConfigureAwait(false))
            {
                await WriteAsync(writer, entry, new(TarEntryType.RegularFile, name) { DataStream = data }).ConfigureAwait(false);
            }

            _tally.Files++;
            _tally.Bytes += entry.Facts.Length;
        }
    }

    /// <summary>As a copy on the host has it: without set-user-id bits, and the owner's who unpacks it unless owners are asked for.</summary>
    private Task WriteAsync(TarWriter writer, TreeEntry entry, PaxTarEntry made)
    {
        (uint user, uint group) = _options.Owners ? _from.OwnerOf(entry.Facts) : default;
        made.Mode = (UnixFileMode)(entry.Facts.Mode & (Permissions | Sticky));
        made.ModificationTime = FileTime.Of(entry.Facts.Modified);
        made.Uid = (int)(user > GreatestId ? Nobody : user);
        made.Gid = (int)(group > GreatestId ? Nobody : group);
        return writer.WriteEntryAsync(made, _cancel);
    }

    /// <summary>Null for bytes that are no text.</summary>
    private static string? TextOf(byte[] name)
    {
        try
        {
            return s_strict.GetString(name, 0, name.Length - 1);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
