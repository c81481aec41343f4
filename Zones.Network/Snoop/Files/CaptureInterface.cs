namespace Zones.Network.Snoop.Files;

/// <summary>What a pcapng file says of an interface.</summary>
/// <param name="Type">Of its link.</param>
/// <param name="KeepMost">Bytes kept of a packet at most; 0 for all.</param>
/// <param name="UnitsASecond">What times are counted in.</param>
/// <param name="Offset">Seconds to be added to times.</param>
internal readonly record struct CaptureInterface(LinkType Type, uint KeepMost, ulong UnitsASecond, long Offset)
{
    private const int Header = 8, OptionHeader = 4;
    private const ushort EndOfOptions = 0, TimeResolution = 9, TimeOffset = 14;
    private const ulong Microseconds = 1_000_000, Nanosecond = 1_000_000_000;

    /// <summary>Reads the body of an interface description block.</summary>
    /// <returns>Null when it cannot be.</returns>
    public static CaptureInterface? Read(ReadOnlySpan<byte> body, ByteOrder order)
    {
        if (body.Length < Header)
        {
            return null;
        }

        CaptureInterface found = new((LinkType)order.Half(body), order.Word(body[4..]), Microseconds, 0);
        for (ReadOnlySpan<byte> options = body[Header..]; options.Length >= OptionHeader;)
        {
            ushort code = order.Half(options), length = order.Half(options[2..]);
            int padded = OptionHeader + ((length + 3) & ~3);
            if (code == EndOfOptions)
            {
                break;
            }

            if (padded > options.Length)
            {
                return null;
            }

            ReadOnlySpan<byte> value = options.Slice(OptionHeader, length);
            if (code == TimeResolution && length == 1)
            {
                if (Units(value[0]) is not { } units)
                {
                    return null;
                }

                found = found with { UnitsASecond = units };
            }
            else if (code == TimeOffset && length == sizeof(long))
            {
                found = found with { Offset = order.Long(value) };
            }

            options = options[padded..];
        }

        return found;
    }

    /// <summary>A time of the file as nanoseconds since 1970; the nearest that 64 bits hold.</summary>
    public long Nanoseconds(ulong time)
    {
        Int128 whole = (Int128)(time / UnitsASecond) + Offset;
        Int128 nanoseconds = (whole * Nanosecond) + (Int128)((UInt128)(time % UnitsASecond) * Nanosecond / UnitsASecond);
        return (long)Int128.Clamp(nanoseconds, long.MinValue, long.MaxValue);
    }

    /// <summary>The highest bit says whether the others are the exponent of 2 or of 10.</summary>
    private static ulong? Units(byte resolution)
    {
        const int twos = 0x80, bits = 63, digits = 19;
        int exponent = resolution & ~twos;
        if ((resolution & twos) != 0)
        {
            return exponent <= bits ? 1UL << exponent : null;
        }

        ulong units = 1;
        for (int i = 0; i < exponent && exponent <= digits; i++)
        {
            units *= 10;
        }

        return exponent <= digits ? units : null;
    }
}
