using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>One step of a program: 64 bytes, blittable, so that a cloned child can read it in place.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Step
{
    /// <summary>The register number that means "nowhere".</summary>
    public const byte NoRegister = 255;

    public StepOp Op;

    /// <summary>System call number of x86-64.</summary>
    public ushort Number;

    /// <summary>Register for the result, or <see cref="NoRegister"/>.</summary>
    public byte Result;

    /// <summary>Bit n: argument n is an offset into the blob and becomes an address.</summary>
    public byte Pointers;

    /// <summary>Bit n: argument n is a register number and becomes its content.</summary>
    public byte Registers;

    private readonly byte _reserved;

    /// <summary>Error numbers that do not fail the program; 0 for none.</summary>
    public ushort Tolerate0;
    public ushort Tolerate1;
    public ushort Tolerate2;

    private readonly ushort _reserved2;

    public fixed long A[6];
}
