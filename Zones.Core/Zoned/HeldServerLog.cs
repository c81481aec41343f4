using Zones.Interop;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>STATE/log/NAME.log: what a server that the keeper runs has to say.</summary>
internal static class HeldServerLog
{
    /// <summary>Where it is.</summary>
    public static string PathOf(string state, string name) => Path.Combine(state, "log", name + ".log");

    /// <summary>Has what this process prints go there.</summary>
    public static void Open(string state, string name)
    {
        string path = PathOf(state, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using SafeFd? log = Kernel.Open(path, Linux.O_WRONLY | Linux.O_CREAT | Linux.O_APPEND | Linux.O_NOFOLLOW, out _, 0x180 /* 0600 */);
        if (log is not null)
        {
            Kernel.Call(Linux.Dup3, log.Number, 1);
            Kernel.Call(Linux.Dup3, log.Number, 2);
        }
    }
}
