namespace Zones.Tool.Terminals;

/// <summary>Finds <c>~.</c> at the beginning of a line in what is typed; <c>~~</c> there is one <c>~</c>.</summary>
internal sealed class EscapeFilter
{
    private enum Place
    {
        LineStart,
        AfterTilde,
        InLine,
    }

    private Place _place = Place.LineStart;

    /// <summary>Whether the person wants to leave.</summary>
    public bool Left { get; private set; }

    /// <summary>What is to be sent of what was typed.</summary>
    public ReadOnlyMemory<byte> Pass(ReadOnlySpan<byte> typed)
    {
        byte[] send = new byte[typed.Length * 2];
        int length = 0;
        foreach (byte key in typed)
        {
            switch (_place)
            {
                case Place.LineStart when key == '~':
                    _place = Place.AfterTilde;
                    continue;
                case Place.AfterTilde when key == '.':
                    Left = true;
                    return send.AsMemory(0, length);
                case Place.AfterTilde when key != '~':
                    send[length++] = (byte)'~';
                    break;
            }

            send[length++] = key;
            _place = key is (byte)'\r' or (byte)'\n' ? Place.LineStart : Place.InLine;
        }

        return send.AsMemory(0, length);
    }
}
