using System.Globalization;
using System.Net;
using System.Text;
using Zones.Interop;
using Zones.Specs;
using Zones.Wire;

namespace Zones.Storage.Mounts;

/// <summary>The kernel's own NFS client, where there is one (nfs(5)).</summary>
internal static unsafe class KernelNfs
{
    /// <summary>Whether this kernel has a client; loads its module if need be.</summary>
    public static bool IsHere
    {
        get
        {
            using SafeFd? context = Open(out _);
            return context is not null;
        }
    }

    /// <summary>The error where there is none.</summary>
    public static HostCapabilityException Missing(NfsAddress address) =>
        new($"root.source: {address}: this kernel has no NFS client; load its module nfs, or leave via=kernel out", "root.source");

    /// <summary>The options of a mount, each with its value or null. Read-only and without locks, as a root that zones share is;
    /// <c>noacl</c>, or the client asks for the ACL program first; <c>nocto</c>, because nobody writes.</summary>
    public static IReadOnlyList<(string Name, string? Value)> Options(NfsAddress address, IPAddress server)
    {
        string port = Text(address.Port), cache = Text(address.CacheSeconds);
        return
        [
            ("source", $"{(address.Server.Contains(':') ? $"[{address.Server}]" : address.Server)}:{address.Export}"),
            ("addr", server.ToString()),
            ("vers", "3"), ("proto", "tcp"), ("port", port), ("mountproto", "tcp"), ("mountport", Text(address.MountPort ?? address.Port)), ("mountvers", "3"),
            ("nolock", null), ("noacl", null), ("nocto", null), ("actimeo", cache),
            (address.Soft ? "soft" : "hard", null),
            ("timeo", Text((long)(address.Timeout.TotalSeconds * 10))), ("retrans", Text(address.Retransmissions)),
            ("ro", null),
        ];
    }

    /// <summary>A detached, read-only mount of an export.</summary>
    /// <exception cref="ZoneException">The kernel has no client, or the server refuses.</exception>
    public static SafeFd Mount(NfsAddress address)
    {
        using SafeFd context = Open(out int errno) ?? throw Missing(address);
        foreach ((string name, string? value) in Options(address, RemoteExport.Resolve(address)))
        {
            Configure(context, address, value is null ? Linux.FSCONFIG_SET_FLAG : Linux.FSCONFIG_SET_STRING, name, value);
        }

        Configure(context, address, Linux.FSCONFIG_CMD_CREATE, null, null);
        return Kernel.Descriptor(Kernel.Call(Linux.Fsmount, context.Number, 1 /* FSMOUNT_CLOEXEC */, Linux.MOUNT_ATTR_RDONLY | Linux.MOUNT_ATTR_NODEV), out errno)
            ?? throw Failure(context, address, "fsmount", errno);
    }

    private static SafeFd? Open(out int errno)
    {
        fixed (byte* type = "nfs\0"u8)
        {
            return Kernel.Descriptor(Kernel.Call(Linux.Fsopen, type, 1 /* FSOPEN_CLOEXEC */), out errno);
        }
    }

    private static void Configure(SafeFd context, NfsAddress address, int command, string? key, string? value)
    {
        fixed (byte* name = key is null ? null : Encoding.UTF8.GetBytes(key + "\0"), text = value is null ? null : Encoding.UTF8.GetBytes(value + "\0"))
        {
            long result = Kernel.Call(Linux.Fsconfig, context.Number, command, (long)name, (long)text);
            if (result < 0)
            {
                throw Failure(context, address, key is null ? "mount" : value is null ? key : $"{key}={value}", (int)-result);
            }
        }
    }

    /// <summary>What the kernel says in words can be read from the context (fsopen(2)).</summary>
    private static ZoneResourceException Failure(SafeFd context, NfsAddress address, string what, int errno)
    {
        Span<byte> words = stackalloc byte[512];
        fixed (byte* start = words)
        {
            long length = Kernel.Call(Linux.Read, context.Number, (long)start, words.Length);
            string said = length > 0 ? $" ({Encoding.UTF8.GetString(words[..(int)length]).Trim()})" : "";
            return new ZoneResourceException($"root.source: {address}: the kernel's NFS client cannot mount it: {what}: {KernelError.Describe(errno)}{said}", MountKind.Name) { Errno = errno };
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
