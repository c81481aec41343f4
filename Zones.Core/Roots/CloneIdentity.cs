using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>What a copy of a zone's files must not have in common with the original: its host name, and the machine-id(5), which is
/// emptied so that the copy is given one of its own.</summary>
internal static unsafe class CloneIdentity
{
    /// <summary>Changes the files that are there. Nothing runs in the copy; links in it stay in it.</summary>
    /// <param name="root">The copy's root.</param>
    /// <param name="spec">The copy's definition.</param>
    public static void Renew(string root, ZoneSpec spec)
    {
        Replace(root, "/etc/hostname", (spec.Hostname ?? spec.Zone) + "\n");
        Replace(root, "/etc/machine-id", "");
    }

    private static void Replace(string root, string path, string text)
    {
        using SafeFd? file = SharedRoot.OpenBelow(root, path, Linux.O_WRONLY | Linux.O_NOFOLLOW | Linux.O_NONBLOCK, out _);
        if (file is null || FileStatus.Of(file) is not { IsRegular: true })
        {
            return;
        }

        fixed (byte* content = Encoding.UTF8.GetBytes(text + "\0"))
        {
            long done = Kernel.Call(Linux.Ftruncate, file.Number, 0);
            done = done < 0 ? done : Kernel.Call(Linux.Write, file.Number, (long)content, Encoding.UTF8.GetByteCount(text));
            if (done < 0)
            {
                throw new ZoneResourceException($"{root}{path}: cannot write it: {KernelError.Describe((int)-done)}", "root") { Path = root + path, Errno = (int)-done };
            }
        }
    }
}
