using System.Buffers;

namespace Zones.Storage.Fuse;

/// <content>Listings.</content>
internal sealed partial class FuseSession
{
    private async ValueTask ListAsync(FuseRequestHeader header, FuseReadRequest read, CancellationToken cancel)
    {
        bool plus = header.Opcode == FuseOpcode.ReadDirectoryPlus;
        Listing? listing = _listings.Take(header.Node, read.Offset, plus);
        if (listing is null)
        {
            (int errno, listing) = await FetchAsync(header.Node, read.Offset, plus, cancel).ConfigureAwait(false);
            if (listing is null)
            {
                _device.Reply(header.Unique, errno);
                return;
            }
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(read.Size, MostBytes));
        try
        {
            Answer(header.Unique, listing, buffer.AsSpan(0, (int)Math.Min(read.Size, MostBytes)), plus);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<(int Errno, Listing? Listing)> FetchAsync(ulong node, ulong cookie, bool plus, CancellationToken cancel)
    {
        if (_nodes.Handle(node) is not { } directory)
        {
            return (Stale, null);
        }

        ulong verifier = cookie == 0 ? 0 : _nodes.Verifier(node);
        RemotePage page = await _tree.ListAsync(directory, cookie, verifier, plus, cancel).ConfigureAwait(false);
        if (page.Errno != 0)
        {
            return (page.Errno, null);
        }

        _nodes.SetVerifier(node, page.Verifier);
        return (0, new(node, cookie, page, 0, plus));
    }

    /// <summary>Answers with as many entries as fit, and keeps the others for when the kernel comes back.</summary>
    private void Answer(ulong unique, Listing listing, Span<byte> buffer, bool plus)
    {
        FuseDirectoryWriter writer = new(buffer);
        List<ulong> referred = [];
        IReadOnlyList<RemoteDirectoryEntry> entries = listing.Page.Entries;
        int next = listing.Next;
        for (; next < entries.Count && writer.Fits(entries[next].Name.Length, plus); next++)
        {
            RemoteDirectoryEntry entry = entries[next];
            FuseAttributes? attributes = entry.File?.Attributes;
            uint type = attributes?.DirectoryType ?? 0;
            if (!plus)
            {
                writer.Add(entry.Inode, entry.Cookie, type, entry.Name.Span);
                continue;
            }

            FuseEntry file = default;
            if (attributes is not null && entry.File!.Value.Handle.Length > 0 && !IsDot(entry.Name.Span))
            {
                file = Refer(entry.File.Value);
                referred.Add(file.Node);
            }

            writer.Add(in file, entry.Inode, entry.Cookie, type, entry.Name.Span);
        }

        // Of the last page nothing may be left: then the kernel, which comes back until it gets nothing, is told the end from here.
        bool isEnd = listing.Page.IsLast && next > listing.Next;
        if (next > 0 && (next < entries.Count || isEnd))
        {
            _listings.Keep(listing with { After = entries[next - 1].Cookie, Next = next });
        }

        if (!_device.Reply(unique, 0, buffer[..writer.Length]))
        {
            foreach (ulong node in referred)
            {
                _nodes.Forget(node, 1);
            }
        }
    }

    /// <summary>The kernel knows <c>.</c> and <c>..</c> itself.</summary>
    private static bool IsDot(ReadOnlySpan<byte> name) => name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);
}
