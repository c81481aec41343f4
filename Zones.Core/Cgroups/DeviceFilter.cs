using System.Runtime.InteropServices;
using Zones.Interop;
using Zones.Security;
using Zones.Wire;

namespace Zones.Cgroups;

/// <summary>A BPF program of type cgroup/dev that lets a cgroup open the devices of a zone's /dev and no others. With a user
/// namespace the mount flags see to that; without one, root inside could make a node and open it.</summary>
internal static unsafe class DeviceFilter
{
    private const int ProgLoad = 5, ProgAttach = 8;
    private const uint TypeCgroupDevice = 15, AttachCgroupDevice = 6, AllowMulti = 2;

    // Classes and modes of the instruction set (Documentation/bpf/standardization/instruction-set.rst).
    private const byte LoadWord = 0x61, Move = 0xB7, And = 0x57, ShiftRight = 0x77, JumpIfNot = 0x55, JumpIfAbove = 0x25, JumpIfBelow = 0xA5, Leave = 0x95;

    private const uint Character = 0x2000, TypeMask = 0xF000;
    private const int BlockType = 1, CharacterType = 2;

    /// <summary>Loads the program and attaches it.</summary>
    /// <param name="cgroup">A directory of cgroup2.</param>
    /// <param name="devices">Nodes of the zone's beside the usual ones.</param>
    public static void Attach(string cgroup, IEnumerable<DeviceNode> devices)
    {
        Instruction[] program = Compile(DefaultDevices.All.Concat(devices));
        using SafeFd directory = Kernel.Open(cgroup, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno) ?? throw Failed(cgroup, errno);
        fixed (Instruction* instructions = program)
        fixed (byte* license = "Dual MIT/GPL\0"u8)
        {
            LoadAttributes load = new()
            {
                Type = TypeCgroupDevice,
                Count = (uint)program.Length,
                Instructions = (ulong)instructions,
                License = (ulong)license,
                ExpectedAttachType = AttachCgroupDevice,
            };
            using SafeFd loaded = Load(&load, out errno) ?? throw Failed(cgroup, errno);
            AttachAttributes attach = new() { Target = directory.Number, Program = loaded.Number, AttachType = AttachCgroupDevice, Flags = AllowMulti };
            if (Kernel.Call(Linux.Bpf, ProgAttach, (long)&attach, sizeof(AttachAttributes)) < 0)
            {
                throw Failed(cgroup, KernelError.Last);
            }
        }
    }

    /// <summary>The verifier gives up with EAGAIN when a signal is pending, as those of the runtime's collector may be.</summary>
    private static SafeFd? Load(LoadAttributes* load, out int errno)
    {
        const int attempts = 10;
        SafeFd? loaded;
        int attempt = 0;
        do
        {
            loaded = Kernel.Descriptor(Kernel.Call(Linux.Bpf, ProgLoad, (long)load, sizeof(LoadAttributes)), out errno);
        }
        while (errno == Linux.EAGAIN && ++attempt < attempts);

        return loaded;
    }

    /// <summary>The program: making a node is allowed (opening it is what counts), then one test a device.</summary>
    internal static Instruction[] Compile(IEnumerable<DeviceNode> devices)
    {
        List<Instruction> code =
        [
            new(LoadWord, 2, 1, 0, 0), // access and type
            new(LoadWord, 3, 1, 4, 0), // major
            new(LoadWord, 4, 1, 8, 0), // minor
            new(LoadWord, 5, 1, 0, 0),
            new(And, 2, 0, 0, 0xffff),
            new(ShiftRight, 5, 0, 0, 16),
            new(JumpIfNot, 5, 0, 2, 1), // BPF_DEVCG_ACC_MKNOD alone
        ];
        Allow(code);
        foreach (DeviceNode device in devices.Append(new("ptmx", 5, 2, Character)))
        {
            code.Add(new(JumpIfNot, 2, 0, 4, (device.Mode & TypeMask) == Character ? CharacterType : BlockType));
            code.Add(new(JumpIfNot, 3, 0, 3, (int)device.Major));
            code.Add(new(JumpIfNot, 4, 0, 2, (int)device.Minor));
            Allow(code);
        }

        // Terminals of devpts: majors 136 to 143.
        code.Add(new(JumpIfNot, 2, 0, 4, CharacterType));
        code.Add(new(JumpIfBelow, 3, 0, 3, 136));
        code.Add(new(JumpIfAbove, 3, 0, 2, 143));
        Allow(code);
        code.Add(new(Move, 0, 0, 0, 0));
        code.Add(new(Leave, 0, 0, 0, 0));
        return [.. code];
    }

    private static void Allow(List<Instruction> code)
    {
        code.Add(new(Move, 0, 0, 0, 1));
        code.Add(new(Leave, 0, 0, 0, 0));
    }

    private static HostCapabilityException Failed(string cgroup, int errno) =>
        new($"security.user-namespace: without one a zone needs a device filter, and it cannot be attached to {cgroup}: {KernelError.Describe(errno)}; leave the user namespace on", "security.user-namespace") { Path = cgroup, Errno = errno };

    /// <summary>struct bpf_insn.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct Instruction(byte code, byte target, byte source, short offset, int value)
    {
        public readonly byte Code = code;
        public readonly byte Registers = (byte)(target | (source << 4));
        public readonly short Offset = offset;
        public readonly int Value = value;
    }

    /// <summary>union bpf_attr for BPF_PROG_LOAD.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    private struct LoadAttributes
    {
        [FieldOffset(0)] public uint Type;
        [FieldOffset(4)] public uint Count;
        [FieldOffset(8)] public ulong Instructions;
        [FieldOffset(16)] public ulong License;
        [FieldOffset(68)] public uint ExpectedAttachType;
    }

    /// <summary>union bpf_attr for BPF_PROG_ATTACH.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AttachAttributes
    {
        public int Target;
        public int Program;
        public uint AttachType;
        public uint Flags;
    }
}
