using Zones.Network.Snoop.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>Cuts a stream of bytes into records by their marks (RFC 5531 section 11).</summary>
/// <param name="emit">Gets each record.</param>
internal sealed class RecordAssembler(Action<RpcRecord> emit)
{
    /// <summary>As much of a record is kept: more than the longest listing or data that servers send.</summary>
    private const int MaxRecord = 4 << 20;

    private readonly byte[] _mark = new byte[RpcMark.Size];
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

    /// <summary>Takes what comes next in the stream.</summary>
    /// <param name="data">The payload of a segment: clients and servers begin most records with one, so there a lost place is found again.</param>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (!IsSynchronized && RpcMark.MayBegin(data))
        {
            Synchronize();
        }

        while (IsSynchronized && data.Length > 0)
        {
            int taken = _markLength < RpcMark.Size ? TakeMark(data) : TakeBody(data);
            data = data[taken..];
            if (IsSynchronized && _markLength == RpcMark.Size && _rest == 0)
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
        if (_markLength < RpcMark.Size || count > _rest)
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
        int taken = Math.Min(data.Length, RpcMark.Size - _markLength);
        data[..taken].CopyTo(_mark.AsSpan(_markLength));
        _markLength += taken;
        if (_markLength == RpcMark.Size)
        {
            RpcMark mark = RpcMark.Read(_mark);
            (_isLast, _rest) = (mark.IsLast, mark.Length);
            if (_rest > RpcMark.MaxFragment)
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
