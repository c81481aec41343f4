using System.Runtime.InteropServices;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Fuse;

/// <summary>Which file handle of the server a node of the kernel's means. The table is shared memory (memfd_create(2)) that the
/// keeper holds beside the /dev/fuse descriptor: it lives exactly as long as the mount, whatever happens to the process that
/// serves it, and the next one goes on with the same nodes. 88 bytes a node; nodes that the kernel gives back are used again.</summary>
internal sealed unsafe class NodeTable : IDisposable
{
    /// <summary>The root's node (FUSE_ROOT_ID).</summary>
    public const ulong Root = 1;

    private const int HeaderBytes = 4096;
    private const int SegmentBytes = 4 << 20;
    private const int SegmentNodes = SegmentBytes / Node.Bytes;
    private const int MostSegments = 4096;

    private readonly Lock _lock = new();
    private readonly int _file;
    private readonly List<nint> _segments = [];
    private readonly byte* _header;
    private uint[] _buckets = new uint[1024];
    private uint _used = 1;
    private uint _count;
    private uint _free;

    private NodeTable(int file, byte* header)
    {
        _file = file;
        _header = header;
    }

    /// <summary>What the server of the mount keeps beside the nodes, of its own form.</summary>
    public Span<byte> Header => new(_header, HeaderBytes);

    /// <summary>How many nodes the kernel knows.</summary>
    public uint Count => _count;

    /// <summary>Shared memory for an empty table.</summary>
    public static SafeFd Create(string name)
    {
        const long closeOnExec = 1;
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(name + "\0"))
        {
            SafeFd file = Kernel.Descriptor(Kernel.Call(Linux.MemfdCreate, (long)text, closeOnExec), out int errno) ?? throw KernelError.On("cannot make shared memory", name, errno);
            Extend(file.Number, HeaderBytes);
            return file;
        }
    }

    /// <summary>Takes over a table, an empty one too. The descriptor stays the caller's and must stay open.</summary>
    public static NodeTable Open(int file)
    {
        NodeTable table = new(file, (byte*)Map(file, 0, HeaderBytes));
        table.Load();
        return table;
    }

    /// <summary>The node of a handle, made if need be, with one more reference by the kernel.</summary>
    public ulong Reference(ReadOnlySpan<byte> handle)
    {
        lock (_lock)
        {
            uint bucket = Bucket(handle);
            for (uint index = _buckets[bucket]; index != 0; index = At(index)->Next)
            {
                Node* node = At(index);
                if (node->Handle.SequenceEqual(handle))
                {
                    node->References++;
                    return index;
                }
            }

            return Add(handle);
        }
    }

    /// <summary>The kernel gives references back.</summary>
    public void Forget(ulong node, ulong references)
    {
        lock (_lock)
        {
            if (node <= Root || node >= _used || At((uint)node)->References == 0)
            {
                return;
            }

            Node* forgotten = At((uint)node);
            forgotten->References -= Math.Min(references, forgotten->References);
            if (forgotten->References == 0)
            {
                Remove((uint)node);
            }
        }
    }

    /// <summary>The handle of a node; null when the kernel cannot mean it.</summary>
    public byte[]? Handle(ulong node)
    {
        lock (_lock)
        {
            return node > 0 && node < _used && At((uint)node)->References > 0 ? At((uint)node)->Handle.ToArray() : null;
        }
    }

    /// <summary>The verifier that came with a directory's cookies (RFC 1813, 3.3.16).</summary>
    public ulong Verifier(ulong node)
    {
        lock (_lock)
        {
            return At((uint)node)->Verifier;
        }
    }

    /// <summary>Keeps the verifier of a directory that the kernel knows.</summary>
    public void SetVerifier(ulong node, ulong verifier)
    {
        lock (_lock)
        {
            At((uint)node)->Verifier = verifier;
        }
    }

    public void Dispose()
    {
        foreach (nint segment in _segments)
        {
            Kernel.Call(Linux.Munmap, segment, SegmentBytes);
        }

        Kernel.Call(Linux.Munmap, (long)_header, HeaderBytes);
    }

    private uint Add(ReadOnlySpan<byte> handle)
    {
        uint index = _free;
        if (index != 0)
        {
            _free = At(index)->Next;
        }
        else
        {
            index = _used;
            Reserve(index);
            _used++;
        }

        if (_count >= _buckets.Length)
        {
            Rehash();
        }

        Node* node = At(index);
        node->Verifier = 0;
        node->Handle = handle;

        // Last, for whoever takes over: a node without references is free.
        Volatile.Write(ref node->References, 1);
        Link(index);
        return index;
    }

    private void Remove(uint index)
    {
        uint bucket = Bucket(At(index)->Handle);
        if (_buckets[bucket] == index)
        {
            _buckets[bucket] = At(index)->Next;
        }
        else
        {
            uint previous = _buckets[bucket];
            while (At(previous)->Next != index)
            {
                previous = At(previous)->Next;
            }

            At(previous)->Next = At(index)->Next;
        }

        _count--;
        At(index)->Next = _free;
        _free = index;
    }

    private void Link(uint index)
    {
        uint bucket = Bucket(At(index)->Handle);
        At(index)->Next = _buckets[bucket];
        _buckets[bucket] = index;
        _count++;
    }

    private void Rehash()
    {
        _buckets = new uint[_buckets.Length * 4];
        _count = 0;
        for (uint index = 1; index < _used; index++)
        {
            if (At(index)->References > 0)
            {
                Link(index);
            }
        }
    }

    /// <summary>Finds out what an earlier server left: chains and the list of free nodes are made anew.</summary>
    private void Load()
    {
        FileStatus status;
        Kernel.Call(Linux.Fstat, _file, (long)&status);
        for (long mapped = HeaderBytes; mapped + SegmentBytes <= status.Length; mapped += SegmentBytes)
        {
            _segments.Add(Map(_file, mapped, SegmentBytes));
        }

        uint room = (uint)(_segments.Count * SegmentNodes);
        uint last = room == 0 ? 0 : room - 1;
        while (last > 0 && At(last)->References == 0)
        {
            last--;
        }

        _used = last + 1;
        while (_buckets.Length < last)
        {
            _buckets = new uint[_buckets.Length * 4];
        }

        for (uint index = 1; index < _used; index++)
        {
            if (At(index)->References > 0)
            {
                Link(index);
            }
            else
            {
                At(index)->Next = _free;
                _free = index;
            }
        }
    }

    private uint Bucket(ReadOnlySpan<byte> handle)
    {
        HashCode hash = default;
        hash.AddBytes(handle);
        return (uint)hash.ToHashCode() & (uint)(_buckets.Length - 1);
    }

    private Node* At(uint index) => (Node*)_segments[(int)(index / SegmentNodes)] + (index % SegmentNodes);

    private void Reserve(uint index)
    {
        int segment = (int)(index / SegmentNodes);
        if (segment < _segments.Count)
        {
            return;
        }

        if (segment >= MostSegments)
        {
            throw new OutOfMemoryException("the kernel holds more nodes than a mount may have");
        }

        long length = HeaderBytes + ((long)segment * SegmentBytes);
        Extend(_file, length + SegmentBytes);
        _segments.Add(Map(_file, length, SegmentBytes));
    }

    private static void Extend(int file, long length)
    {
        long result = Kernel.Call(Linux.Ftruncate, file, length);
        if (result < 0)
        {
            throw KernelError.On("cannot extend it", "the table of nodes", (int)-result);
        }
    }

    private static nint Map(int file, long offset, long length)
    {
        const int readWrite = 3, shared = 1;
        long address = Kernel.Call(Linux.Mmap, 0, length, readWrite, shared, file, offset);
        return address is < 0 and > -4096 ? throw KernelError.On("cannot map it", "the table of nodes", (int)-address) : (nint)address;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private struct Node
    {
        public const int Bytes = 88;
        private const int HandleMost = 64; // NFS3_FHSIZE

        /// <summary>Answers that named the node and that the kernel has not given back; 0: the node is free.</summary>
        public ulong References;
        public ulong Verifier;

        /// <summary>The next of the same bucket, or the next free one.</summary>
        public uint Next;
        private ushort _length;
        private fixed byte _handle[HandleMost];
        private readonly ushort _padding;

        public ReadOnlySpan<byte> Handle
        {
            readonly get
            {
                fixed (byte* start = _handle)
                {
                    return new(start, _length); // the table is no managed memory: it does not move
                }
            }

            set
            {
                _length = (ushort)value.Length;
                fixed (byte* start = _handle)
                {
                    value.CopyTo(new Span<byte>(start, HandleMost));
                }
            }
        }
    }
}
