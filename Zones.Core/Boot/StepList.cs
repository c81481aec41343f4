using Zones.Wire;

namespace Zones.Boot;

/// <summary>The steps of one side of a program, each with the words that an error will say.</summary>
/// <param name="program">Where its data goes.</param>
internal sealed unsafe class StepList(ProgramWriter program)
{
    private readonly List<Step> _steps = [];
    private readonly List<string> _labels = [];

    public int Count => _steps.Count;

    public IReadOnlyList<string> Labels => _labels;

    public ReadOnlySpan<Step> Steps => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_steps);

    /// <summary>A system call whose failure ends the program, except with the errors in <paramref name="tolerate"/> (three at most).</summary>
    public void Call(string label, ushort number, ReadOnlySpan<Argument> arguments, ReadOnlySpan<int> tolerate = default) =>
        Add(label, StepOp.Call, number, Step.NoRegister, arguments, tolerate);

    /// <summary>A system call whose result is a descriptor, kept in a register.</summary>
    public Argument Open(string label, ushort number, ReadOnlySpan<Argument> arguments, ReadOnlySpan<int> tolerate = default)
    {
        byte register = program.NextRegister();
        Add(label, StepOp.Call, number, register, arguments, tolerate);
        return new(ArgumentKind.Register, register);
    }

    /// <summary>Closes a descriptor that a step opened; its register is free again.</summary>
    public void Close(Argument descriptor)
    {
        Call("close", Linux.Close, [descriptor]);
        program.FreeRegister((byte)descriptor.Value);
    }

    public void Special(string label, StepOp op, ReadOnlySpan<Argument> arguments) => Add(label, op, 0, Step.NoRegister, arguments, default);

    /// <summary><see cref="StepOp.OpenProc"/>: a file of the child's below /proc.</summary>
    public Argument OpenProc(string label, string name)
    {
        byte register = program.NextRegister();
        Add(label, StepOp.OpenProc, 0, register, [program.Text(name)], default);
        return new(ArgumentKind.Register, register);
    }

    private void Add(string label, StepOp op, ushort number, byte result, ReadOnlySpan<Argument> arguments, ReadOnlySpan<int> tolerate)
    {
        Step step = new() { Op = op, Number = number, Result = result };
        for (int i = 0; i < arguments.Length; i++)
        {
            step.A[i] = arguments[i].Value;
            step.Pointers |= (byte)(arguments[i].Kind == ArgumentKind.Data ? 1 << i : 0);
            step.Registers |= (byte)(arguments[i].Kind == ArgumentKind.Register ? 1 << i : 0);
        }

        step.Tolerate0 = tolerate.Length > 0 ? (ushort)tolerate[0] : (ushort)0;
        step.Tolerate1 = tolerate.Length > 1 ? (ushort)tolerate[1] : (ushort)0;
        step.Tolerate2 = tolerate.Length > 2 ? (ushort)tolerate[2] : (ushort)0;
        _steps.Add(step);
        _labels.Add(label);
    }
}
