using System.Buffers.Binary;
using Zones.Security;

namespace Zones.Tests.Security;

/// <summary>Runs classic BPF as the kernel does, for the instructions that seccomp takes (Documentation/userspace-api/seccomp_filter.rst),
/// and refuses what the kernel would refuse: unknown codes, jumps out of the program, reads out of struct seccomp_data, no return at the end.</summary>
internal static class BpfInterpreter
{
    public static (SeccompAction Action, int Steps) Run(byte[] filter, SyscallData data)
    {
        ReadOnlySpan<byte> input = data.Bytes();
        uint a = 0;
        int steps = 0;
        for (int pc = 0; ; pc++)
        {
            Assert.InRange(pc, 0, (filter.Length / 8) - 1);
            steps++;
            ReadOnlySpan<byte> instruction = filter.AsSpan(pc * 8, 8);
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(instruction);
            uint k = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            bool? taken = null;
            switch (code)
            {
                case 0x20:
                    Assert.True(k % 4 == 0 && k < input.Length);
                    a = BinaryPrimitives.ReadUInt32LittleEndian(input[(int)k..]);
                    break;
                case 0x54:
                    a &= k;
                    break;
                case 0x05:
                    pc += (int)k;
                    break;
                case 0x06:
                    return (new(k), steps);
                case 0x15:
                    taken = a == k;
                    break;
                case 0x25:
                    taken = a > k;
                    break;
                case 0x35:
                    taken = a >= k;
                    break;
                default:
                    Assert.Fail($"instruction {pc} has code {code:x}");
                    break;
            }

            if (taken is { } yes)
            {
                pc += yes ? instruction[2] : instruction[3];
            }
        }
    }
}

/// <summary>struct seccomp_data without the instruction pointer.</summary>
internal sealed record SyscallData(uint Architecture, uint Number, params ulong[] Arguments)
{
    public byte[] Bytes()
    {
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Architecture);
        for (int i = 0; i < Arguments.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16 + (8 * i)), Arguments[i]);
        }

        return bytes;
    }

    public override string ToString() => $"arch {Architecture:x} nr {Number:x} ({string.Join(", ", Arguments.Select(argument => argument.ToString("x")))})";
}
