using System.Buffers.Binary;

namespace Zones.Tests.Network.Snoop.Filters;

/// <summary>Runs classic BPF over a packet as the kernel does (Documentation/networking/filter.rst): what reads behind the end refuses the packet.</summary>
/// <param name="Program">struct sock_filter, an array of.</param>
internal sealed record PacketBpf(byte[] Program)
{
    private const uint Ancillary = unchecked((uint)-0x1000);

    /// <summary>The tag that the kernel took out, if it did.</summary>
    public ushort? TagTakenOut { get; init; }

    /// <summary>ARPHRD_ number of the packet's link.</summary>
    public ushort HardwareType { get; init; } = 1;

    /// <summary>From what <c>tcpdump -ddd</c> prints.</summary>
    public static PacketBpf Parse(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        byte[] program = new byte[int.Parse(lines[0]) * 8];
        for (int i = 1; i < lines.Length; i++)
        {
            uint[] numbers = [.. lines[i].Split(' ').Select(uint.Parse)];
            Span<byte> at = program.AsSpan((i - 1) * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)numbers[0]);
            (at[2], at[3]) = ((byte)numbers[1], (byte)numbers[2]);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], numbers[3]);
        }

        return new PacketBpf(program);
    }

    /// <returns>How many bytes to keep; 0 refuses the packet.</returns>
    public uint Run(ReadOnlySpan<byte> packet, int length)
    {
        uint a = 0, x = 0;
        uint[] memory = new uint[16];
        for (int pc = 0; ; pc++)
        {
            ReadOnlySpan<byte> instruction = Program.AsSpan(pc * 8, 8);
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(instruction);
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            uint operand = (code & 8) != 0 ? x : k;
            uint? loaded = 0;
            switch (code)
            {
                case 0x20 or 0x28 or 0x30:
                    loaded = Load(packet, k, code & 0x18);
                    a = loaded ?? 0;
                    break;
                case 0x40 or 0x48 or 0x50:
                    loaded = Load(packet, x + k, code & 0x18);
                    a = loaded ?? 0;
                    break;
                case 0x80: a = (uint)length; break;
                case 0x00: a = k; break;
                case 0x60: a = memory[k]; break;
                case 0x01: x = k; break;
                case 0x61: x = memory[k]; break;
                case 0xB1:
                    loaded = Load(packet, k, 0x10);
                    x = ((loaded ?? 0) & 0xF) * 4;
                    break;
                case 0x02: memory[k] = a; break;
                case 0x03: memory[k] = x; break;
                case 0x07: x = a; break;
                case 0x87: a = x; break;
                case 0x04 or 0x0C: a += operand; break;
                case 0x14 or 0x1C: a -= operand; break;
                case 0x44 or 0x4C: a |= operand; break;
                case 0x54 or 0x5C: a &= operand; break;
                case 0x64 or 0x6C: a <<= (int)operand; break;
                case 0x74 or 0x7C: a >>= (int)operand; break;
                case 0x05: pc += (int)k; break;
                case 0x15 or 0x1D: pc += a == operand ? instruction[2] : instruction[3]; break;
                case 0x25 or 0x2D: pc += a > operand ? instruction[2] : instruction[3]; break;
                case 0x35 or 0x3D: pc += a >= operand ? instruction[2] : instruction[3]; break;
                case 0x45 or 0x4D: pc += (a & operand) != 0 ? instruction[2] : instruction[3]; break;
                case 0x06: return k;
                default: throw new InvalidOperationException($"instruction {pc} has code {code:x}");
            }

            if (loaded is null)
            {
                return 0;
            }
        }
    }

    private uint? Load(ReadOnlySpan<byte> packet, uint at, int size)
    {
        switch (at)
        {
            case Ancillary + 28: return HardwareType;
            case Ancillary + 44: return TagTakenOut ?? 0;
            case Ancillary + 48: return TagTakenOut is null ? 0u : 1u;
        }

        int bytes = size switch { 0x10 => 1, 0x08 => 2, _ => 4 };
        if (at + (long)bytes > packet.Length)
        {
            return null;
        }

        packet = packet[(int)at..];
        return bytes switch { 1 => packet[0], 2 => BinaryPrimitives.ReadUInt16BigEndian(packet), _ => BinaryPrimitives.ReadUInt32BigEndian(packet) };
    }
}
