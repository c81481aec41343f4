using System.Runtime.InteropServices;

namespace Zones.Tool.Cli;

/// <summary>This process as another program.</summary>
internal static unsafe partial class ProgramImage
{
    /// <summary>execv(3); returns only when it fails, with the error's number.</summary>
    /// <param name="path">The program.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="arguments">The words after that.</param>
    public static int Replace(string path, string name, IReadOnlyList<string> arguments)
    {
        nint* words = stackalloc nint[arguments.Count + 2];
        words[0] = Marshal.StringToCoTaskMemUTF8(name);
        for (int i = 0; i < arguments.Count; i++)
        {
            words[i + 1] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        }

        words[arguments.Count + 1] = 0;
        Execute(path, words);
        return Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string path, nint* words);
}
