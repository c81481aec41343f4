using System.Buffers;
using Zones.Interop;
using Zones.Wire;
using static Zones.Network.Snoop.Capture.PacketNumbers;

namespace Zones.Network.Snoop.Capture;

/// <summary>The ring, mapped, as memory that packets are handed out of without a copy.</summary>
internal sealed unsafe class RingMemory : MemoryManager<byte>
{
    private readonly int _length;
    private byte* _start;

    public RingMemory(SafeFd socket, int length)
    {
        long start = Kernel.Call(Linux.Mmap, 0L, length, PROT_READ | PROT_WRITE, MAP_SHARED, socket.Number, 0);
        if (start < 0)
        {
            throw new ZoneException($"cannot map a capture's ring of {length} bytes: {KernelError.Describe((int)-start)}") { Errno = (int)-start };
        }

        _start = (byte*)start;
        _length = length;
    }

    public byte* Start => _start;

    /// <summary>A part of it.</summary>
    public Memory<byte> Part(int offset, int length) => CreateMemory(offset, length);

    public override Span<byte> GetSpan() => _start is not null ? new(_start, _length) : throw new ObjectDisposedException(nameof(PacketCapture));

    // Mapped memory does not move.
    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (_start is not null)
        {
            Kernel.Call(Linux.Munmap, (long)_start, _length);
            _start = null;
        }
    }
}
