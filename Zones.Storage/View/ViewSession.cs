using System.Runtime.InteropServices;
using System.Text;
using Zones.Cgroups;
using Zones.Interop;
using Zones.Storage.Fuse;
using Zones.Wire;

namespace Zones.Storage.View;

/// <summary>Serves the mount: a directory for each zone with the files of <see cref="ViewFiles"/>. Nothing in it waits for anybody, so one thread
/// answers one request after the other. A node's number is made of the inode number of the zone's cgroup and of the file's number, so
/// that a session that takes over knows what the kernel means.</summary>
/// <param name="device">The mount's /dev/fuse descriptor.</param>
/// <param name="layout">This host's hierarchies.</param>
/// <param name="directory">Where the cgroups of the zones are, below the root of each.</param>
internal sealed class ViewSession(FuseDevice device, CgroupLayout layout, string directory)
{
    private const ulong Root = 1;
    private const int FileBits = 4, DirectIo = 1;
    private const uint DirectoryMode = 0x4000 | 0x16D /* 0555 */, FileMode = 0x8000 | 0x124 /* 0444 */;

    /// <summary>What is being read, by node and handle, so that a file read in two parts is of one moment. A session before this one gave out the
    /// same handles: of a file that was opened then, the node tells. When there are too many of them, some read anew.</summary>
    private readonly Dictionary<(ulong Node, ulong Handle), byte[]> _reading = [];
    private readonly Dictionary<ulong, string> _zones = [];
    private ulong _opened;

    /// <summary>Serves until the mount is gone or aborted.</summary>
    public void Run()
    {
        device.RequestResend();
        byte[] buffer = GC.AllocateUninitializedArray<byte>(FuseDevice.RequestBytes, pinned: true);
        for (int length; (length = device.Receive(buffer)) > 0;)
        {
            ReadOnlySpan<byte> request = buffer.AsSpan(0, length);
            FuseRequestHeader header = MemoryMarshal.Read<FuseRequestHeader>(request);
            try
            {
                Answer(header, request[Marshal.SizeOf<FuseRequestHeader>()..]);
            }
            catch (Exception e)
            {
                // A request without an answer would leave its thread waiting for ever.
                Console.Error.WriteLine($"{header.Opcode} of node {header.Node}: {e}");
                device.Reply(header.Unique, Linux.EIO);
            }
        }
    }

    private void Answer(FuseRequestHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Opcode)
        {
            case FuseOpcode.Forget or FuseOpcode.BatchForget or FuseOpcode.Interrupt:
                break;
            case FuseOpcode.Init:
                FuseHandshake.Answer(
                    device,
                    header.Unique,
                    in MemoryMarshal.AsRef<FuseInitRequest>(body),
                    FuseFeatures.MoreFlags | FuseFeatures.Resend,
                    new() { MaxBackground = 16, CongestionThreshold = 12 });
                break;
            case FuseOpcode.Lookup:
                LookUp(header, Encoding.UTF8.GetString(body[..^1]));
                break;
            case FuseOpcode.GetAttributes when header.Node == Root || ZoneOf(header.Node) is not null:
                FuseAttributesReply attributes = new() { Attributes = Attributes(header.Node) };
                device.Answer(header.Unique, in attributes);
                break;
            case FuseOpcode.Open:
                FuseOpenReply opened = new() { Handle = ++_opened, Flags = DirectIo };
                device.Answer(header.Unique, in opened);
                break;
            case FuseOpcode.Read:
                Read(header, MemoryMarshal.Read<FuseReadRequest>(body));
                break;
            case FuseOpcode.Release:
                _reading.Remove((header.Node, MemoryMarshal.Read<ulong>(body)));
                device.Reply(header.Unique, 0);
                break;
            case FuseOpcode.GetAttributes:
                device.Reply(header.Unique, Linux.ENOENT);
                break;
            default:
                device.Reply(header.Unique, Linux.ENOSYS);
                break;
        }
    }

    /// <summary>Names are asked for once, at a zone's boot, and never remembered by the kernel.</summary>
    private void LookUp(FuseRequestHeader header, string name)
    {
        ulong node = header.Node == Root ? NodeOf(name) : IsDirectory(header.Node) && ViewFiles.NumberOf(name) is > 0 and int number ? header.Node | (uint)number : 0;
        if (node == 0)
        {
            device.Reply(header.Unique, Linux.ENOENT);
            return;
        }

        FuseEntry entry = new() { Node = node, Attributes = Attributes(node) };
        device.Answer(header.Unique, in entry);
    }

    private void Read(FuseRequestHeader header, FuseReadRequest read)
    {
        const int mostAtOnce = 1024;
        if (read.Offset > 0 && _reading.TryGetValue((header.Node, read.Handle), out byte[]? text))
        {
            Send(header.Unique, text, read);
            return;
        }

        if (ZoneOf(header.Node) is not { } zone)
        {
            device.Reply(header.Unique, Linux.ENOENT);
            return;
        }

        text = Encoding.UTF8.GetBytes(ViewFiles.Render((int)(header.Node & ((1 << FileBits) - 1)), new(layout, Path.Combine(directory, zone))));
        if (_reading.Count >= mostAtOnce)
        {
            _reading.Clear();
        }

        _reading[(header.Node, read.Handle)] = text;
        Send(header.Unique, text, read);
    }

    private void Send(ulong unique, byte[] text, FuseReadRequest read)
    {
        int start = (int)Math.Min(read.Offset, (ulong)text.Length);
        device.Reply(unique, 0, text.AsSpan(start, (int)Math.Min(read.Size, (uint)(text.Length - start))));
    }

    private FuseAttributes Attributes(ulong node)
    {
        FileStatus? cgroup = node == Root ? null : FileStatus.Of(Unified(ZoneOf(node)!));

        // Of a zone whose cgroup is its root's, so are the files.
        uint owner = cgroup?.Owner ?? 0;
        return new() { Inode = node, Mode = IsDirectory(node) ? DirectoryMode : FileMode, Links = 1, User = owner, Group = owner, BlockSize = 4096 };
    }

    private static bool IsDirectory(ulong node) => node == Root || (node & ((1 << FileBits) - 1)) == 0;

    private string Unified(string zone) => Path.Combine(layout.Unified!, directory, zone);

    /// <summary>The node of a zone's directory; 0 when it has no cgroup.</summary>
    private ulong NodeOf(string zone)
    {
        if (FileStatus.Of(Unified(zone)) is not { IsDirectory: true } cgroup || zone.Contains('/'))
        {
            return 0;
        }

        // Each boot has a cgroup of its own; those that are gone are forgotten all at once.
        const int mostRemembered = 16_384;
        if (_zones.Count >= mostRemembered)
        {
            _zones.Clear();
        }

        _zones[cgroup.Inode] = zone;
        return cgroup.Inode << FileBits;
    }

    /// <summary>The zone of a node; null when the cgroup that it had then is gone.</summary>
    private string? ZoneOf(ulong node)
    {
        ulong inode = node >> FileBits;
        if (!_zones.ContainsKey(inode))
        {
            // A session before this one has told the kernel of it.
            _zones.Clear();
            foreach (string path in Directory.EnumerateDirectories(Path.Combine(layout.Unified!, directory)))
            {
                NodeOf(Path.GetFileName(path));
            }
        }

        return _zones.TryGetValue(inode, out string? zone) && FileStatus.Of(Unified(zone))?.Inode == inode ? zone : null;
    }
}
