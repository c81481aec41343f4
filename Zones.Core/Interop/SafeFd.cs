using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Zones.Interop;

/// <summary>A file descriptor, from the call that made it; closed once, by the kernel's close(2).</summary>
internal sealed partial class SafeFd : SafeHandleZeroOrMinusOneIsInvalid
{
    public SafeFd()
        : base(ownsHandle: true)
    {
    }

    public SafeFd(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number, for calls that keep the handle alive themselves.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => Close((int)handle) == 0;

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
