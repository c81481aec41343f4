namespace Zones.Rpc;

/// <summary>Nothing: the arguments of a procedure without any, the result of one that only says that it is done.</summary>
public readonly record struct XdrVoid : IXdr<XdrVoid>
{
    /// <inheritdoc/>
    public static int MinSize => 0;

    /// <inheritdoc/>
    public static XdrVoid Decode(ref XdrReader reader) => default;

    /// <inheritdoc/>
    public void Encode(ref XdrWriter writer)
    {
    }
}
