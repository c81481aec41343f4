namespace Zones.Tool.Terminals;

/// <summary>Hands on what comes on our standard input.</summary>
internal static class Typing
{
    /// <summary>Begins, on a thread of its own: a read of a terminal cannot be cancelled, and must not hold up the end.</summary>
    /// <param name="target">Where to; null when nobody takes it, and only who wants to leave is heard. That it is gone, its other side tells.</param>
    /// <param name="escapes">Finds in it who wants to leave; null for nobody.</param>
    /// <param name="over">Is called when nothing more is handed on: standard input has ended, or somebody wants to leave.</param>
    public static void Start(Stream? target, EscapeFilter? escapes, Action over)
    {
        Thread thread = new(() =>
        {
            using StandardInput keys = new();
            byte[] buffer = new byte[16 << 10];
            try
            {
                for (int length; escapes is not { Left: true } && (length = Read(keys, buffer)) > 0;)
                {
                    ReadOnlyMemory<byte> send = escapes?.Pass(buffer.AsSpan(0, length)) ?? buffer.AsMemory(0, length);
                    target?.Write(send.Span);
                    target?.Flush();
                }

                over();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Nobody reads it any more.
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
    }

    /// <summary>A terminal that hangs up is at its end.</summary>
    private static int Read(StandardInput keys, byte[] buffer)
    {
        try
        {
            return keys.Read(buffer, 0, buffer.Length);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
