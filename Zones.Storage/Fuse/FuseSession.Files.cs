using System.Buffers;
using Zones.Wire;

namespace Zones.Storage.Fuse;

/// <content>What is asked about one file.</content>
internal sealed partial class FuseSession
{
    private const int Stale = 116; // ESTALE

    private async ValueTask LookupAsync(FuseRequestHeader header, byte[] name, CancellationToken cancel)
    {
        if (_nodes.Handle(header.Node) is not { } directory)
        {
            _device.Reply(header.Unique, Stale);
            return;
        }

        RemoteEntry found = await _tree.LookupAsync(directory, name, cancel).ConfigureAwait(false);
        if (found is { Errno: 0, Attributes: null })
        {
            RemoteEntry again = await _tree.GetAttributesAsync(found.Handle.ToArray(), cancel).ConfigureAwait(false);
            found = found with { Errno = again.Errno, Attributes = again.Attributes };
        }

        if (found.Errno == Linux.ENOENT)
        {
            // Programs look for a library in many places: that it is not there is worth remembering.
            FuseEntry absent = new() { EntryValid = _times.Entries };
            _device.Answer(header.Unique, in absent);
        }
        else if (found.Errno != 0)
        {
            _device.Reply(header.Unique, found.Errno);
        }
        else
        {
            FuseEntry entry = Refer(in found);
            if (!_device.Answer(header.Unique, in entry))
            {
                _nodes.Forget(entry.Node, 1);
            }
        }
    }

    private async ValueTask GetAttributesAsync(FuseRequestHeader header, CancellationToken cancel)
    {
        if (_nodes.Handle(header.Node) is not { } file)
        {
            _device.Reply(header.Unique, Stale);
            return;
        }

        RemoteEntry found = await _tree.GetAttributesAsync(file, cancel).ConfigureAwait(false);
        if (found.Errno != 0)
        {
            _device.Reply(header.Unique, found.Errno);
            return;
        }

        FuseAttributesReply reply = new() { Valid = _times.Attributes, Attributes = found.Attributes!.Value };
        _device.Answer(header.Unique, in reply);
    }

    private async ValueTask ReadLinkAsync(FuseRequestHeader header, CancellationToken cancel)
    {
        RemoteData target = _nodes.Handle(header.Node) is { } link
            ? await _tree.ReadLinkAsync(link, cancel).ConfigureAwait(false)
            : new(Stale, default);
        _device.Reply(header.Unique, target.Errno, target.Bytes.Span);
    }

    private async ValueTask ReadAsync(FuseRequestHeader header, FuseReadRequest read, CancellationToken cancel)
    {
        if (_nodes.Handle(header.Node) is not { } file)
        {
            _device.Reply(header.Unique, Stale);
            return;
        }

        int size = (int)Math.Min(read.Size, MostBytes);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            (int errno, int length) = await _tree.ReadAsync(file, read.Offset, buffer.AsMemory(0, size), cancel).ConfigureAwait(false);
            _device.Reply(header.Unique, errno, buffer.AsSpan(0, errno == 0 ? length : 0));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask StatFileSystemAsync(FuseRequestHeader header, CancellationToken cancel)
    {
        (int errno, FuseFileSystem status) = _nodes.Handle(header.Node) is { } file
            ? await _tree.StatFileSystemAsync(file, cancel).ConfigureAwait(false)
            : (Stale, default);
        if (errno != 0)
        {
            _device.Reply(header.Unique, errno);
            return;
        }

        _device.Answer(header.Unique, in status);
    }

    /// <summary>An entry that names a node: the kernel holds it from the answer on.</summary>
    private FuseEntry Refer(in RemoteEntry found) => new()
    {
        Node = _nodes.Reference(found.Handle.Span),
        EntryValid = _times.Entries,
        AttributesValid = _times.Attributes,
        Attributes = found.Attributes!.Value,
    };
}
