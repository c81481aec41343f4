using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Boot;

/// <summary>Composes a <see cref="SpawnRequest"/>: what the spawner does outside, what the child does inside, and the data and
/// descriptors they use. Nothing is executed here, so the order of steps can be tested without root.</summary>
internal sealed unsafe class ProgramWriter
{
    private readonly List<SafeFd> _descriptors = [];
    private readonly List<int> _relocations = [];
    private readonly Dictionary<string, long> _texts = new(StringComparer.Ordinal);
    private byte[] _blob = new byte[16 * 1024];
    private int _blobLength;
    private readonly bool[] _taken = new bool[SpawnRequest.RegisterCount - SpawnRequest.FirstResult];

    public ProgramWriter()
    {
        Outside = new(this);
        Inside = new(this);
    }

    public StepList Outside { get; }

    public StepList Inside { get; }

    public IReadOnlyList<SafeFd> Descriptors => _descriptors;

    /// <summary>A descriptor that travels with the request; the caller goes on owning it.</summary>
    public Argument Descriptor(SafeFd descriptor)
    {
        int index = _descriptors.IndexOf(descriptor);
        if (index < 0)
        {
            index = _descriptors.Count;
            _descriptors.Add(descriptor);
            if (index >= SpawnRequest.MaxDescriptors)
            {
                throw new ZoneException($"a boot may take {SpawnRequest.MaxDescriptors} descriptors at most; give the zone fewer fs and device properties");
            }
        }

        return new(ArgumentKind.Register, index);
    }

    /// <summary>The number of a descriptor in the header of a request; -1 for none.</summary>
    public int Register(SafeFd? descriptor) => descriptor is null ? -1 : (int)Descriptor(descriptor).Value;

    /// <summary>A NUL-terminated text, kept once.</summary>
    public Argument Text(string text)
    {
        if (!_texts.TryGetValue(text, out long offset))
        {
            offset = Reserve(Encoding.UTF8.GetByteCount(text) + 1, alignment: 1);
            Encoding.UTF8.GetBytes(text, _blob.AsSpan((int)offset));
            _texts.Add(text, offset);
        }

        return new(ArgumentKind.Data, offset);
    }

    /// <summary>Bytes, aligned to 8.</summary>
    public Argument Data(ReadOnlySpan<byte> bytes)
    {
        int offset = Reserve(bytes.Length, alignment: 8);
        bytes.CopyTo(_blob.AsSpan(offset));
        return new(ArgumentKind.Data, offset);
    }

    /// <summary>A structure of 8-byte fields.</summary>
    public Argument Words(ReadOnlySpan<ulong> words) => Data(MemoryMarshal.AsBytes(words));

    /// <summary>An array of addresses ended by a null, as execve(2) takes them.</summary>
    public Argument Vector(IEnumerable<string> texts)
    {
        long[] offsets = [.. texts.Select(text => Text(text).Value)];
        int at = Reserve((offsets.Length + 1) * sizeof(long), alignment: 8);
        for (int i = 0; i < offsets.Length; i++)
        {
            Address(at + (i * sizeof(long)), offsets[i]);
        }

        return new(ArgumentKind.Data, at);
    }

    /// <summary>struct sock_fprog over a filter (seccomp(2)).</summary>
    public Argument Filter(ReadOnlySpan<byte> instructions)
    {
        long code = Data(instructions).Value;
        int at = Reserve(16, alignment: 8);
        BinaryPrimitives.WriteUInt16LittleEndian(_blob.AsSpan(at), (ushort)(instructions.Length / 8));
        Address(at + 8, code);
        return new(ArgumentKind.Data, at);
    }

    /// <summary>Makes the 8 bytes at <paramref name="at"/> the address of the data at <paramref name="target"/>.</summary>
    public void Address(int at, long target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_blob.AsSpan(at), target);
        _relocations.Add(at);
    }

    public byte NextRegister()
    {
        int register = Array.IndexOf(_taken, false);
        if (register < 0)
        {
            throw new ZoneException("the boot needs more descriptors at once than a request can hold; give the zone fewer fs properties");
        }

        _taken[register] = true;
        return (byte)(SpawnRequest.FirstResult + register);
    }

    public void FreeRegister(byte register) => _taken[register - SpawnRequest.FirstResult] = false;

    /// <summary>The whole message of a child that is not process 1.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="generation">The number of its boot.</param>
    /// <param name="report">Where the child says what failed.</param>
    /// <param name="exit">Where the keeper writes its wait status.</param>
    /// <param name="cgroup">What it is born into.</param>
    /// <param name="process1">The process whose pid namespace it is born into.</param>
    public byte[] Finish(string zone, long generation, SafeFd report, SafeFd exit, SafeFd? cgroup = null, SafeFd? process1 = null) => Finish(new()
    {
        Kind = ChildKind.Command,
        Generation = generation,
        CgroupRegister = Register(cgroup),
        PidNamespaceRegister = Register(process1),
        ReportRegister = Register(report),
        ExitRegister = Register(exit),
        Zone = ZoneName.From(zone),
    });

    /// <summary>The whole message.</summary>
    public byte[] Finish(SpawnRequest header)
    {
        header.Magic = SpawnRequest.CurrentMagic;
        header.OutsideSteps = Outside.Count;
        header.InsideSteps = Inside.Count;
        header.Relocations = _relocations.Count;
        header.BlobLength = _blobLength;
        int length = sizeof(SpawnRequest) + ((Outside.Count + Inside.Count) * sizeof(Step)) + (_relocations.Count * sizeof(int)) + _blobLength;
        if (length > SpawnRequest.MaxBytes)
        {
            throw new ZoneException($"arguments and environment take {length} bytes; the most is {SpawnRequest.MaxBytes}");
        }

        byte[] message = new byte[length];
        Span<byte> rest = message;
        MemoryMarshal.Write(rest, in header);
        rest = rest[sizeof(SpawnRequest)..];
        Append(ref rest, MemoryMarshal.AsBytes(Outside.Steps));
        Append(ref rest, MemoryMarshal.AsBytes(Inside.Steps));
        Append(ref rest, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_relocations)));
        Append(ref rest, _blob.AsSpan(0, _blobLength));
        return message;
    }

    private static void Append(ref Span<byte> rest, ReadOnlySpan<byte> part)
    {
        part.CopyTo(rest);
        rest = rest[part.Length..];
    }

    private int Reserve(int length, int alignment)
    {
        int at = (_blobLength + alignment - 1) & -alignment;
        if (at + length > _blob.Length)
        {
            Array.Resize(ref _blob, Math.Max(_blob.Length * 2, at + length));
        }

        _blobLength = at + length;
        return at;
    }
}
