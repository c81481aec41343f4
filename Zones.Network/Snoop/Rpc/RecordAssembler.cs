using System.Buffers.Binary;

namespace Zones.Network.Snoop.Rpc;

/// <summary>Cuts a stream of bytes into records by their marks (RFC 5531 section 11).</summary>
/// <param name="emit">Gets each record.</param>
internal sealed class RecordAssembler(Action<RpcRecord> emit)
{
    /// <summary>A fragment that says to be longer is none: the stream is not ONC RPC, or the place of the marks is lost.</summary>
    private const int MaxFragment = 16 << 20;

    /// <summary>As much of a record is kept: more than the longest listing or data that servers send.</summary>
    private const int MaxRecord = 4 << 20;

    private const uint LastFragment = 0x8000_0000;
    private const int MarkSize = 4;

    private readonly byte[] _mark = new byte[MarkSize];
    private int _markLength;
    private int _rest;
    private bool _isLast;
    private bool _isCut;
    private byte[] _record = [];
    private int _length;

    /// <summary>Whether it is known where records begin.</summary>
    public bool IsSynchronized { get; private set; }

    /// <summary>Bytes of memory that it holds.</summary>
    public int Held => _record.Length;

    /// <summary>Says that a record begins with the next byte.</summary>
    public void Synchronize()
    {
        Forget();
        IsSynchronized = true;
    }

    /// <summary>Whether a record may begin with these bytes.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> data) => data.Length >= MarkSize + RpcHead.Size
        && (BinaryPrimitives.ReadUInt32BigEndian(data) & ~LastFragment) is >= RpcHead.Size and <= MaxFragment
        && RpcHead.MayBegin(data[MarkSize..]);

    /// <summary>Takes what comes next in the stream.</summary>
    /// <param name="data">The payload of a segment: clients and servers begin most records with one, so there a lost place is found again.</param>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (!IsSynchronized && MayBegin(data))
        {
            Synchronize();
        }

        while (IsSynchronized && data.Length > 0)
        {
            int taken = _markLength < MarkSize ? TakeMark(data) : TakeBody(data);
            data = data[taken..];
            if (IsSynchronized && _markLength == MarkSize && _rest == 0)
            {
                EndFragment();
            }
        }
    }

    /// <summary>Passes over bytes that were not captured.</summary>
    /// <param name="count">How many.</param>
    public void Skip(long count)
    {
        if (!IsSynchronized || count == 0)
        {
            return;
        }

        // Within a fragment its record only loses its end; a lost mark loses the place of all that follow.
        if (_markLength < MarkSize || count > _rest)
        {
            EmitBegun();
            Forget();
            return;
        }

        _isCut = true;
        _rest -= (int)count;
        if (_rest == 0)
        {
            EndFragment();
        }
    }

    private int TakeMark(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, MarkSize - _markLength);
        data[..taken].CopyTo(_mark.AsSpan(_markLength));
        _markLength += taken;
        if (_markLength == MarkSize)
        {
            uint mark = BinaryPrimitives.ReadUInt32BigEndian(_mark);
            _isLast = (mark & LastFragment) != 0;
            _rest = (int)(mark & ~LastFragment);
            if (_rest > MaxFragment)
            {
                Forget();
            }
        }

        return taken;
    }

    private int TakeBody(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, _rest);
        int kept = _isCut ? 0 : Math.Min(taken, MaxRecord - _length);
        if (_length + kept > _record.Length)
        {
            Array.Resize(ref _record, Math.Min(MaxRecord, Math.Max(_length + kept, 2 * _record.Length)));
        }

        data[..kept].CopyTo(_record.AsSpan(_length));
        bool wasUnknown = _length < RpcHead.Size;
        _length += kept;
        _isCut |= kept < taken;
        _rest -= taken;
        if (wasUnknown && _length >= RpcHead.Size && !RpcHead.MayBegin(_record.AsSpan(0, _length)))
        {
            Forget();
        }

        return taken;
    }

    private void EndFragment()
    {
        _markLength = 0;
        if (_isLast)
        {
            EmitBegun();
            Reset();
        }
    }

    private void EmitBegun()
    {
        if (_length >= RpcHead.Size)
        {
            emit(new RpcRecord(_record.AsMemory(0, _length), _isCut || !_isLast || _rest > 0));
            _record = [];
        }
    }

    private void Forget()
    {
        Reset();
        IsSynchronized = false;
    }

    private void Reset()
    {
        _markLength = 0;
        _rest = 0;
        _isCut = false;
        _length = 0;
        _record = [];
    }
}
