using System.Numerics;

namespace Zones.Security;

/// <summary>A set of capabilities.</summary>
/// <param name="Bits">Bit n stands for capability n of <see cref="CapabilityNames"/>, as in capset(2) and /proc/PID/status.</param>
internal readonly record struct CapabilitySet(ulong Bits)
{
    /// <summary>No capability.</summary>
    public static CapabilitySet None => default;

    /// <summary>How many capabilities are in the set.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>A set of the named capabilities.</summary>
    /// <param name="names">Names of <see cref="CapabilityNames"/>.</param>
    /// <exception cref="ArgumentException">A name is not a capability's.</exception>
    public static CapabilitySet Of(params ReadOnlySpan<string> names)
    {
        CapabilitySet set = None;
        foreach (string name in names)
        {
            set = set.Add(Number(name));
        }

        return set;
    }

    /// <summary>Whether a capability is in the set.</summary>
    /// <param name="name">A name of <see cref="CapabilityNames"/>.</param>
    /// <exception cref="ArgumentException">The name is not a capability's.</exception>
    public bool Contains(string name) => Contains(Number(name));

    /// <inheritdoc cref="Contains(string)"/>
    /// <param name="number">0 to 63.</param>
    public bool Contains(int number) => (Bits >> number & 1) != 0;

    /// <summary>The set with one capability more.</summary>
    /// <param name="number">0 to 63.</param>
    public CapabilitySet Add(int number) => new(Bits | 1UL << number);

    /// <summary>The set with one capability less.</summary>
    /// <param name="number">0 to 63.</param>
    public CapabilitySet Remove(int number) => new(Bits & ~(1UL << number));

    /// <summary>The names in the set, by number.</summary>
    public IEnumerable<string> Names()
    {
        for (int number = 0; number < CapabilityNames.All.Length; number++)
        {
            if (Contains(number))
            {
                yield return CapabilityNames.All[number];
            }
        }
    }

    /// <summary>The names, separated by commas; <c>none</c> for the empty set.</summary>
    public override string ToString() => Bits == 0 ? "none" : string.Join(',', Names());

    private static int Number(string name) =>
        CapabilityNames.NumberOf(name) is >= 0 and int number ? number : throw new ArgumentException($"'{name}' is not a capability", nameof(name));
}
