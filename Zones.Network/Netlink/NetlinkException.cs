using Zones.Interop;

namespace Zones.Network.Netlink;

/// <summary>The kernel refused a netlink request. The message says what was asked, the errno, and the kernel's own words where it gave any.</summary>
public sealed class NetlinkException : ZoneException
{
    internal NetlinkException(string label, int errno, string? reason = null, int attributeOffset = -1, int attributeType = -1, bool missing = false)
        : base(Compose(label, errno, reason, attributeOffset, attributeType, missing))
    {
        Label = label;
        Errno = errno;
        Reason = reason;
        AttributeOffset = attributeOffset;
        AttributeType = attributeType;
        IsTransient = errno is Wire.Linux.EBUSY or Wire.Linux.EAGAIN or Wire.Linux.EINTR or Wire.Linux.ENOMEM or NetlinkNumbers.ENOBUFS;
    }

    /// <summary>What was asked, such as <c>anet[0]: make the link</c>.</summary>
    public string Label { get; }

    /// <summary>The kernel's own words (NLMSGERR_ATTR_MSG); null when it gave none.</summary>
    public string? Reason { get; }

    /// <summary>Where in the request the attribute begins that the kernel objects to (NLMSGERR_ATTR_OFFS), in bytes from the message's header; -1 when it names none.</summary>
    public int AttributeOffset { get; }

    /// <summary>The number of the attribute that the kernel objects to or misses; -1 when it names none.</summary>
    public int AttributeType { get; }

    private static string Compose(string label, int errno, string? reason, int offset, int type, bool missing) =>
        $"{label}: {KernelError.Describe(errno)}"
        + (string.IsNullOrEmpty(reason) ? "" : $": {reason.TrimEnd('.')}")
        + (type < 0 ? "" : missing ? $"; attribute {type} is missing" : $"; see attribute {type} at byte {offset} of the request");
}
