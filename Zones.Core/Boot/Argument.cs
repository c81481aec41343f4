namespace Zones.Boot;

/// <summary>An argument of a step: a number, an address in the program's data, or the content of a register.</summary>
/// <param name="Kind">How <paramref name="Value"/> is meant.</param>
/// <param name="Value">The number, the offset or the register.</param>
internal readonly record struct Argument(ArgumentKind Kind, long Value)
{
    public static implicit operator Argument(long value) => new(ArgumentKind.Number, value);

    public static implicit operator Argument(int value) => new(ArgumentKind.Number, value);

    public static implicit operator Argument(uint value) => new(ArgumentKind.Number, value);

    public static implicit operator Argument(ulong value) => new(ArgumentKind.Number, (long)value);
}

/// <summary>Kinds of <see cref="Argument"/>.</summary>
internal enum ArgumentKind : byte
{
    Number,
    Data,
    Register,
}
