namespace Zones.Security;

/// <summary>A condition on one argument of a call.</summary>
/// <param name="Index">0 to 5.</param>
/// <param name="Comparison">How it is compared; unsigned.</param>
/// <param name="Value">With what.</param>
/// <param name="Mask">For <see cref="ArgumentComparison.MaskedEqual"/>, which bits count.</param>
internal readonly record struct ArgumentTest(int Index, ArgumentComparison Comparison, ulong Value, ulong Mask = ulong.MaxValue)
{
    /// <summary>Equality of an argument that the kernel takes as 32 bits. The upper half of its register is anybody's: a filter
    /// that compared all 64 bits could be passed with garbage there (CVE-2019-10063).</summary>
    /// <param name="index">0 to 5.</param>
    /// <param name="value">With what.</param>
    public static ArgumentTest Is(int index, uint value) => new(index, ArgumentComparison.MaskedEqual, value, uint.MaxValue);

    /// <summary>None of the bits is set.</summary>
    /// <param name="index">0 to 5.</param>
    /// <param name="bits">The bits.</param>
    public static ArgumentTest Without(int index, ulong bits) => new(index, ArgumentComparison.MaskedEqual, 0, bits);
}

/// <summary>How an argument is compared: libseccomp's operators.</summary>
internal enum ArgumentComparison
{
    /// <summary>All 64 bits are equal.</summary>
    Equal,

    /// <summary>Some of the 64 bits differ.</summary>
    NotEqual,

    /// <summary>The argument's bits under the mask equal the value.</summary>
    MaskedEqual,

    /// <summary>Unsigned greater.</summary>
    Greater,

    /// <summary>Unsigned greater or equal.</summary>
    GreaterOrEqual,

    /// <summary>Unsigned less.</summary>
    Less,

    /// <summary>Unsigned less or equal.</summary>
    LessOrEqual,
}
