namespace Zones.Tests.Rpc.Fuzz;

/// <summary>Changes bytes as transmission errors and enemies do: flipped, overwritten with edge values, cut off, inserted, joined from two.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[][] Edges = [[0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0x40, 0, 0, 0]];

    public Random Random { get; } = new(seed);

    /// <summary>Some changes of <paramref name="bytes"/>, perhaps with a part of <paramref name="other"/>.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> other)
    {
        byte[] result = bytes.ToArray();
        for (int changes = Random.Next(1, 5); changes > 0; changes--)
        {
            result = Once(result, other);
        }

        return result;
    }

    private byte[] Once(byte[] bytes, ReadOnlySpan<byte> other)
    {
        int at = Random.Next(bytes.Length + 1);
        switch (Random.Next(7))
        {
            case 0 when at < bytes.Length:
                bytes[at] ^= (byte)(1 << Random.Next(8));
                return bytes;
            case 1 when at < bytes.Length:
                bytes[at] = (byte)Random.Next(256);
                return bytes;
            case 2 when bytes.Length >= sizeof(uint):
                Edges[Random.Next(Edges.Length)].CopyTo(bytes, Random.Next(bytes.Length / 4) * 4);
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes.AsSpan(0, at), .. Edges[Random.Next(Edges.Length)], .. bytes.AsSpan(at)];
            case 5:
                return [.. bytes.AsSpan(0, at), .. other[Random.Next(other.Length + 1)..]];
            default:
                int end = Random.Next(at, bytes.Length + 1);
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(end)];
        }
    }
}
