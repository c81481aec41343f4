namespace Zones.Network.Firewall.Nftables;

/// <summary>A set or a map, all of them hashes, so that a look-up and a change cost the same however many elements there are.</summary>
internal sealed class NftSet(string name, IReadOnlyList<NftType> key, NftSetKind kind = NftSetKind.Set, IReadOnlyList<NftType>? data = null)
{
    public string Name => name;

    public IReadOnlyList<NftType> Key => key;

    public NftSetKind Kind => kind;

    /// <summary>What a map's values are made of; empty for others.</summary>
    public IReadOnlyList<NftType> Data { get; } = data ?? [];

    public HashSet<NftElement> Elements { get; } = [];

    public void Add(params IReadOnlyList<byte[]> parts) => Elements.Add(new(NftType.Join(key, parts)));

    public void AddVerdict(NftVerdict verdict, params IReadOnlyList<byte[]> parts) => Elements.Add(new(NftType.Join(key, parts)) { Verdict = verdict });

    public void AddValue(IReadOnlyList<byte[]> parts, IReadOnlyList<byte[]> value) =>
        Elements.Add(new(NftType.Join(key, parts)) { Value = NftType.Join(Data, value) });

    /// <summary>An element in words, such as <c>10.7.0.2 : jump to/zone/web1</c>.</summary>
    public string Text(NftElement element) =>
        NftType.Text(key, element.Key)
        + (element.Value is { } value ? $" : {NftType.Text(Data, value)}" : element.Verdict is { } verdict ? $" : {verdict}" : "");

    /// <summary>Whether both are declared alike, whatever they hold.</summary>
    public bool IsDeclaredLike(NftSet other) =>
        Kind == other.Kind && NftType.Concatenated(Key) == NftType.Concatenated(other.Key) && NftType.Concatenated(Data) == NftType.Concatenated(other.Data);
}

/// <summary>What a key of a set leads to.</summary>
internal enum NftSetKind
{
    /// <summary>Nothing; it is in it or not.</summary>
    Set,

    /// <summary>A value.</summary>
    Map,

    /// <summary>A verdict.</summary>
    VerdictMap,
}

/// <summary>An element of a set, with what a map has for it.</summary>
internal readonly record struct NftElement(NftBytes Key)
{
    public NftBytes? Value { get; init; }

    public NftVerdict? Verdict { get; init; }
}
