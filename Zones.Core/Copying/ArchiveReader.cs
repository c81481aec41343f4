using System.Buffers;
using System.Formats.Tar;
using System.Text;
using Zones.Interop;
using Zones.Roots;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>Unpacks an archive of tar(1)'s into a directory of a zone's, and believes none of it: names lead down from there, through no link, and nowhere else; what is
/// no file, directory or link is left out. Each file appears whole; directories that are there stay as they are, and what else has the name of something replaces it.</summary>
internal sealed class ArchiveReader
{
    private const int Deepest = 250; // a descriptor a level
    private const int ChunkBytes = 128 << 10;
    private const int MostAfterEnd = 1 << 20; // tar(1) fills its last record up
    private const string Middle = "ends in the middle", NoEnd = "ends without the mark of its end; what made it has broken off";
    private const uint Nobody = 65_534;
    private const uint Directory = 0x41ED, Regular = 0x8000, Link = 0xA000; // 040755, and types (inode(7))

    private readonly FileHand _to;
    private readonly CopyOptions _options;
    private readonly CancellationToken _cancel;
    private readonly CopyTally _tally = new();
    private readonly TreeWriter _writer;

    /// <param name="to">The zone.</param>
    /// <param name="options">What comes along.</param>
    /// <param name="cancel">Between files, and within great ones.</param>
    public ArchiveReader(FileHand to, CopyOptions options, CancellationToken cancel) => (_to, _options, _cancel, _writer) = (to, options, cancel, new(to, options));

    /// <summary>Unpacks.</summary>
    /// <param name="archive">Read to its end; left open.</param>
    /// <param name="target">A directory in the zone; links in the path are followed.</param>
    /// <exception cref="ZoneException">It is no archive, or breaks off, or something is not possible; the message says what is in place by then.</exception>
    public async Task<CopyReport> RunAsync(Stream archive, string target)
    {
        Place place = new(target);
        using SafeFd top = _to.OpenPath(target, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno) ?? throw CopyFailure.OfTarget(_to, target, errno);
        try
        {
            using OpenLevels levels = new(_to, _writer, top, place);
            await UnpackAsync(archive, levels, top).ConfigureAwait(false);
            levels.Finish();
        }
        catch (ZoneException e) when (_tally is not { Files: 0, Directories: 0, Links: 0 })
        {
            throw new ZoneException($"{e.Message}; what came before it is in place: {_tally.Files} files, {_tally.Directories} new directories, {_tally.Links} links", e)
            {
                Operation = e.Operation, Path = e.Path, Errno = e.Errno, IsTransient = e.IsTransient,
            };
        }

        return _tally.Report();
    }

    private async Task UnpackAsync(Stream archive, OpenLevels levels, SafeFd top)
    {
        ArchiveGuard guard = new(archive);
        TarReader reader = new(guard, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await ReadAsync(() => reader.GetNextEntryAsync(copyData: false, _cancel), () => guard.IsBetweenEntries ? NoEnd : Middle).ConfigureAwait(false) is { } entry)
            {
                guard.InContents = true;
                await EntryAsync(entry, levels, top).ConfigureAwait(false);
                if (entry.DataStream is { } rest)
                {
                    await ReadAsync(() => DrainAsync(rest, long.MaxValue)).ConfigureAwait(false);
                }

                guard.InContents = false;
            }
        }

        await ReadAsync(() => DrainAsync(archive, MostAfterEnd)).ConfigureAwait(false);
    }

    private async Task EntryAsync(TarEntry entry, OpenLevels levels, SafeFd top)
    {
        string shown = Specs.Plain.Line(entry.Name);
        if (Names(entry.Name) is not { } path)
        {
            _tally.Refuse($"{shown}: {Fault(entry.Name)}");
            return;
        }

        try
        {
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                case TarEntryType.V7RegularFile when entry.Name.EndsWith('/'):
                    _tally.Directories += levels.Enter(path, FactsOf(entry, Directory & ~0xFFFu), OwnerOf(entry), own: true).Made;
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile when IsSparse(entry):
                    _tally.Refuse($"{shown}: is a sparse file as GNU tar packs it; pack it without -S");
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile or TarEntryType.SymbolicLink or TarEntryType.HardLink when path.Length == 0:
                    _tally.Refuse($"{shown}: is no name of a file");
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    await FileAsync(entry, path, levels).ConfigureAwait(false);
                    break;
                case TarEntryType.SymbolicLink:
                    MakeLink(entry, shown, path, levels);
                    break;
                case TarEntryType.HardLink:
                    MakeCopy(entry, shown, path, levels, top);
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    _tally.Refuse($"{shown}: is {Kind(entry.EntryType)}, which is not copied");
                    break;
            }
        }
        catch (ZoneException e) when (e.Errno is Linux.ELOOP or Linux.ENOTDIR or Linux.EISDIR or Linux.EXDEV)
        {
            // What is in its way is no directory, a link above all, or is one, or would not be seen: the zone's business, and no reason to leave the rest out.
            _tally.Refuse(e.Message);
        }
    }

    private async Task FileAsync(TarEntry entry, byte[][] path, OpenLevels levels)
    {
        (SafeFd parent, Place place) = EnterParent(entry, path, levels);
        using TreeWriter.PendingFile made = _writer.Begin(parent, path[^1], place, fresh: false);
        long length = entry.DataStream is { } data ? await WriteAsync(data, made.File, place).ConfigureAwait(false) : 0;
        if (length < entry.Length)
        {
            throw Broken(Middle);
        }

        made.Complete(FactsOf(entry, Regular), OwnerOf(entry));
        _tally.Files++;
        _tally.Bytes += length;
    }

    private async Task<long> WriteAsync(Stream data, SafeFd file, Place place)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        long position = 0;
        try
        {
            for (int length; (length = await ReadAsync(() => data.ReadAsync(buffer, _cancel)).ConfigureAwait(false)) > 0; position += length)
            {
                for (int written = 0; written < length;)
                {
                    long result = Write(file, buffer.AsSpan(written, length - written), position + written);
                    CopyFailure.Check(_to, place, "cannot write it", result < 0 ? (int)-result : 0);
                    written += (int)result;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return position;
    }

    private static unsafe long Write(SafeFd file, ReadOnlySpan<byte> bytes, long position)
    {
        fixed (byte* start = bytes)
        {
            return Kernel.Call(Linux.Pwrite64, file.Number, (long)start, bytes.Length, position);
        }
    }

    private void MakeLink(TarEntry entry, string shown, byte[][] path, OpenLevels levels)
    {
        if (entry.LinkName is "" || !IsText(entry.LinkName))
        {
            _tally.Refuse($"{shown}: is a link to nothing, or to what is no text");
            return;
        }

        (SafeFd parent, Place place) = EnterParent(entry, path, levels);
        _writer.Link(parent, path[^1], FileHand.Text(entry.LinkName), FactsOf(entry, Link), OwnerOf(entry), place, fresh: false);
        _tally.Links++;
    }

    /// <summary>Another name of a file before it in the archive: a copy of that.</summary>
    private void MakeCopy(TarEntry entry, string shown, byte[][] path, OpenLevels levels, SafeFd top)
    {
        using SafeFd? original = Names(entry.LinkName) is { Length: > 0 } other ? Find(top, other) : null;
        if (original is null || FileFacts.Of(original) is not { Type: FileType.Regular } facts)
        {
            _tally.Refuse($"{shown}: is another name of {Specs.Plain.Line(entry.LinkName)}, which is no file below the directory");
            return;
        }

        (SafeFd parent, Place place) = EnterParent(entry, path, levels);
        using TreeWriter.PendingFile made = _writer.Begin(parent, path[^1], place, fresh: false);
        _tally.Bytes += SparseCopy.Run(original.Number, made.File.Number, facts.Length, (what, result) => CopyFailure.Check(_to, place, $"cannot {what} it", result < 0 ? (int)-result : 0), _cancel);
        made.Complete(facts, _to.OwnerOf(facts));
        _tally.Files++;
    }

    /// <summary>Opens a file below the directory, through no link; null when it is not there.</summary>
    private SafeFd? Find(SafeFd top, byte[][] path)
    {
        SafeFd? opened = null;
        for (int i = 0; i < path.Length; i++)
        {
            using SafeFd? above = opened;
            int flags = i < path.Length - 1 ? Linux.O_PATH | Linux.O_DIRECTORY : Linux.O_RDONLY | Linux.O_NONBLOCK | Linux.O_NOCTTY;
            opened = _to.Open(above ?? top, path[i], flags, out _);
            if (opened is null)
            {
                return null;
            }
        }

        return opened;
    }

    private (SafeFd Directory, Place Place) EnterParent(TarEntry entry, byte[][] path, OpenLevels levels)
    {
        FileFacts facts = FactsOf(entry, 0) with { Mode = Directory };
        (SafeFd directory, Place place, int made) = levels.Enter(path.AsSpan(0, path.Length - 1), facts, default, own: false);
        _tally.Directories += made;
        return (directory, place.Below(path[^1]));
    }

    private static FileFacts FactsOf(TarEntry entry, uint type)
    {
        (ulong, ulong) time = FileTime.From(entry.ModificationTime);
        return new(0, 0, type | (uint)entry.Mode, 0, 0, entry.Length, time, time);
    }

    /// <summary>By ids that a zone knows; others are nobody's.</summary>
    private static (uint User, uint Group) OwnerOf(TarEntry entry) => (Known(entry.Uid), Known(entry.Gid));

    private static uint Known(int id) => id is >= 0 and < (int)Nobody ? (uint)id : Nobody;

    private static bool IsSparse(TarEntry entry) =>
        entry is PaxTarEntry { ExtendedAttributes: var attributes } && attributes.Keys.Any(name => name.StartsWith("GNU.sparse.", StringComparison.Ordinal));

    /// <summary>A path's single names, each with its NUL, none for the directory itself; null for a name that leads elsewhere, or nowhere.</summary>
    private static byte[][]? Names(string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path.Length == 0 || path[0] == '/' || !IsText(path) || names.Length > Deepest || names.Contains("..")
            ? null
            : [.. names.Where(name => name != ".").Select(FileHand.Text)];
    }

    /// <summary>What is wrong with a name.</summary>
    private static string Fault(string path) => path switch
    {
        "" => "has no name",
        ['/', ..] => "has an absolute name; pack it without -P",
        _ when !IsText(path) => "has a name that is not UTF-8",
        _ when path.Split('/').Contains("..") => "has .. in its name, which leads elsewhere",
        _ => $"is more than {Deepest} directories deep",
    };

    /// <summary>What is no UTF-8 in an archive is U+FFFD here.</summary>
    private static bool IsText(string path) => !path.AsSpan().ContainsAny('\0', '\uFFFD');

    private static string Kind(TarEntryType type) => type switch
    {
        TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "a device",
        TarEntryType.Fifo => "a pipe (FIFO)",
        TarEntryType.SparseFile => "a sparse file as GNU tar packs it",
        _ => "of a kind that only some tar knows",
    };

    private async ValueTask<long> DrainAsync(Stream stream, long most)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long all = 0;
            for (int length; all < most && (length = await stream.ReadAsync(buffer, _cancel).ConfigureAwait(false)) > 0; all += length)
            {
            }

            return all;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whatever the reader finds fault with in what somebody else has made is that one's, and nothing of ours.</summary>
    /// <param name="read">Reads some of it.</param>
    /// <param name="end">What is wrong when it is at its end.</param>
    private static async Task<T> ReadAsync<T>(Func<ValueTask<T>> read, Func<string>? end = null)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw Broken(end?.Invoke() ?? Middle);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw Broken($"is none of tar's, or is damaged: {Text.Sentence(e.Message)}");
        }
        catch (IOException e)
        {
            throw Broken($"cannot be read: {Text.Sentence(e.Message)}");
        }
    }

    private static ZoneException Broken(string how) => new($"the archive {how}") { Operation = "copy" };
}
