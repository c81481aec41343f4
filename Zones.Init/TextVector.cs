using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>Texts as execve(2) takes them: an array of addresses, ended by null, in memory that a child may use.</summary>
internal static unsafe class TextVector
{
    /// <summary>Makes one; the caller's to free, or to leave to the end of the process.</summary>
    public static byte** Of(IReadOnlyList<string> texts)
    {
        byte** vector = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        vector[texts.Count] = null;
        return vector;
    }

    public static void Free(byte** vector)
    {
        for (byte** text = vector; *text is not null; text++)
        {
            Marshal.FreeCoTaskMem((nint)(*text));
        }

        NativeMemory.Free(vector);
    }
}
