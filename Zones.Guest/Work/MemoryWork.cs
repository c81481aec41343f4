namespace Zones.Guest.Work;

/// <summary>Memory that is really there: every page has been written.</summary>
internal static class MemoryWork
{
    private const int Bytes = 32 << 20, Page = 4096;

    private static byte[]? _held;

    public static void Hold()
    {
        _held = new byte[Bytes];
        for (int i = 0; i < _held.Length; i += Page)
        {
            _held[i] = 1;
        }
    }
}
