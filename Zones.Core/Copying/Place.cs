using System.Text;

namespace Zones.Copying;

/// <summary>Where a copy is at, for errors.</summary>
/// <param name="Text">As somebody gave it; empty where it is by the bytes of names.</param>
/// <param name="Bytes">Of the path.</param>
internal sealed record Place(string Text, byte[] Bytes)
{
    public Place(string path)
        : this(path, Encoding.UTF8.GetBytes(path))
    {
    }

    /// <param name="name">With its NUL.</param>
    public Place Below(byte[] name)
    {
        byte[] bytes = [.. Bytes.AsSpan().TrimEnd((byte)'/'), (byte)'/', .. name.AsSpan(0, name.Length - 1)];
        return new("", bytes);
    }

    public override string ToString() => Text.Length > 0 ? Text : Encoding.UTF8.GetString(Bytes);
}
