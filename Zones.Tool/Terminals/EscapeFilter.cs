namespace Zones.Tool.Terminals;

/// <summary>Finds <c>~.</c> at the beginning of a line in what is typed; <c>~~</c> there is one <c>~</c>.</summary>
/// <param name="escape">What stands for <c>~</c>.</param>
internal sealed class EscapeFilter(byte escape)
{
    private enum Place
    {
        LineStart,
        AfterEscape,
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
                case Place.LineStart when key == escape:
                    _place = Place.AfterEscape;
                    continue;
                case Place.AfterEscape when key == '.':
                    Left = true;
                    return send.AsMemory(0, length);
                case Place.AfterEscape when key != escape:
                    send[length++] = escape;
                    break;
            }

            send[length++] = key;
            _place = key is (byte)'\r' or (byte)'\n' ? Place.LineStart : Place.InLine;
        }

        return send.AsMemory(0, length);
    }
}
