using System.Buffers.Binary;

namespace Zones.Security;

/// <summary>Writes a classic BPF program (linux/filter.h, Documentation/networking/filter.rst) from its end to its beginning. All
/// jumps of such a program lead forward, so that every target is in place, and every distance known, when the jump to it is written.</summary>
internal sealed class BpfAssembler
{
    /// <summary>BPF_MAXINSNS: the kernel takes no longer program.</summary>
    public const int MaxInstructions = 4096;

    /// <summary>Bytes of a struct sock_filter: u16 code, u8 jt, u8 jf, u32 k.</summary>
    public const int InstructionSize = 8;

    private const ushort And = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private const ushort JumpAlways = 0x05; // BPF_JMP | BPF_JA
    private const ushort Return = 0x06; // BPF_RET | BPF_K
    private const int FarthestJump = byte.MaxValue;

    private readonly List<(ushort Code, byte True, byte False, uint K)> _backwards = [];
    private readonly Dictionary<uint, int> _returns = [];

    /// <summary>What the next instruction that is written will be followed by.</summary>
    public int Here => _backwards.Count;

    /// <summary>As <see cref="Ends(uint)"/>, for a filter of system calls.</summary>
    public int Ends(SeccompAction action) => Ends(action.Value);

    /// <summary>A place where the program ends with <paramref name="value"/>; an earlier one is used again when it is in reach.</summary>
    public int Ends(uint value)
    {
        if (!_returns.TryGetValue(value, out int at) || Here - at >= FarthestJump)
        {
            at = Write(Return, 0, 0, value);
            _returns[value] = at;
        }

        return at;
    }

    /// <summary>A ← the 32 bits at <paramref name="offset"/> of struct seccomp_data; then goes on.</summary>
    public int Load(uint offset, int then) => Load(BpfLoad.Word, offset, then);

    /// <summary>Loads what <paramref name="what"/> says; then goes on.</summary>
    public int Load(BpfLoad what, uint offset, int then) => Write((ushort)what, 0, 0, offset, then);

    /// <summary>A ← A and <paramref name="mask"/>; then goes on.</summary>
    public int Mask(uint mask, int then) => Write(And, 0, 0, mask, then);

    /// <summary>Compares A with <paramref name="value"/>.</summary>
    public int Branch(BpfTest test, uint value, int yes, int no)
    {
        if (yes == no)
        {
            return yes;
        }

        // A distance counts from the instruction after the jump. A jump too far for its 8 bits goes by way of one that has 32.
        if (Here - yes > FarthestJump)
        {
            yes = Write(JumpAlways, 0, 0, (uint)(Here - yes));
        }

        if (Here - no > FarthestJump)
        {
            no = Write(JumpAlways, 0, 0, (uint)(Here - no));
            if (Here - yes > FarthestJump)
            {
                yes = Write(JumpAlways, 0, 0, (uint)(Here - yes));
            }
        }

        return Write((ushort)test, (byte)(Here - yes), (byte)(Here - no), value);
    }

    /// <summary>Makes the program begin at <paramref name="place"/>.</summary>
    public void Begin(int place)
    {
        if (place != Here)
        {
            Write(JumpAlways, 0, 0, (uint)(Here - place));
        }
    }

    /// <summary>The program that begins with what was written last, as an array of struct sock_filter in the machine's (little-endian) order.</summary>
    /// <param name="what">What the program is, for the message.</param>
    /// <param name="advice">What makes it shorter.</param>
    /// <exception cref="ZoneException">It is longer than the kernel takes.</exception>
    public byte[] ToBytes(string what, string advice)
    {
        if (_backwards.Count > MaxInstructions)
        {
            throw new ZoneException($"{what} needs {_backwards.Count} instructions, the kernel takes {MaxInstructions}; {advice}");
        }

        byte[] bytes = new byte[_backwards.Count * InstructionSize];
        Span<byte> rest = bytes;
        for (int i = _backwards.Count - 1; i >= 0; i--)
        {
            (ushort code, byte yes, byte no, uint k) = _backwards[i];
            BinaryPrimitives.WriteUInt16LittleEndian(rest, code);
            rest[2] = yes;
            rest[3] = no;
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], k);
            rest = rest[InstructionSize..];
        }

        return bytes;
    }

    private int Write(ushort code, byte yes, byte no, uint k, int then)
    {
        Begin(then);
        return Write(code, yes, no, k);
    }

    /// <returns>The place: how many instructions the program has from there to its end.</returns>
    private int Write(ushort code, byte yes, byte no, uint k)
    {
        _backwards.Add((code, yes, no, k));
        return Here;
    }
}

/// <summary>Comparisons of A with a constant; unsigned.</summary>
internal enum BpfTest : ushort
{
    /// <summary>BPF_JMP | BPF_JEQ | BPF_K.</summary>
    Equal = 0x15,

    /// <summary>BPF_JMP | BPF_JGT | BPF_K.</summary>
    Greater = 0x25,

    /// <summary>BPF_JMP | BPF_JGE | BPF_K.</summary>
    GreaterOrEqual = 0x35,

    /// <summary>BPF_JMP | BPF_JSET | BPF_K: whether they have a bit in common.</summary>
    CommonBits = 0x45,
}

/// <summary>What a load takes; numbers of a packet are big-endian, those of struct seccomp_data the machine's.</summary>
internal enum BpfLoad : ushort
{
    /// <summary>A ← 32 bits, BPF_LD | BPF_W | BPF_ABS.</summary>
    Word = 0x20,

    /// <summary>A ← 16 bits, BPF_LD | BPF_H | BPF_ABS.</summary>
    Half = 0x28,

    /// <summary>A ← 8 bits, BPF_LD | BPF_B | BPF_ABS.</summary>
    Byte = 0x30,

    /// <summary>A ← 16 bits at X and the offset, BPF_LD | BPF_H | BPF_IND.</summary>
    HalfAtX = 0x48,

    /// <summary>A ← 32 bits at X and the offset, BPF_LD | BPF_W | BPF_IND.</summary>
    WordAtX = 0x40,

    /// <summary>A ← the packet's length, BPF_LD | BPF_W | BPF_LEN.</summary>
    Length = 0x80,

    /// <summary>X ← four times the lower half of the byte: the length of an IPv4 header. BPF_LDX | BPF_B | BPF_MSH.</summary>
    HeaderLength = 0xB1,
}
