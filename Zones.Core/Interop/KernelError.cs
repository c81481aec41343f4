using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Zones.Interop;

/// <summary>The one place where an errno becomes an exception. EINTR never reaches a caller: calls are retried where they are made.</summary>
internal static class KernelError
{
    /// <summary>The error number of the last failed call of this thread.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary><c>ENOENT (no such file or directory)</c>.</summary>
    /// <param name="errno">An error number of this kernel.</param>
    public static string Describe(int errno)
    {
        Errno known = NativeConvert.ToErrno(errno);
        return $"{known} ({Stdlib.strerror(known).ToLowerInvariant()})";
    }

    /// <summary>An exception for a failed call on a path.</summary>
    /// <param name="what">Lower case; what was tried, such as <c>cannot make the directory</c>.</param>
    /// <param name="path">The file concerned.</param>
    /// <param name="errno">The kernel's answer.</param>
    /// <param name="advice">What to do, or null.</param>
    public static ZoneException On(string what, string path, int errno, string? advice = null) =>
        new($"{path}: {what}: {Describe(errno)}{(advice is null ? "" : "; " + advice)}") { Path = path, Errno = errno };
}
