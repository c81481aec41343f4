namespace Zones.Storage.Fuse;

/// <summary>INIT, the first request of a mount: which version of the protocol is spoken, and which features both sides have (linux/fuse.h).</summary>
internal static class FuseHandshake
{
    /// <summary>7.31 is Linux 5.4's; from 7.36 on there is a second word of flags.</summary>
    private const uint Major = 7, Minor = 31, MinorWithMoreFlags = 36;

    /// <summary>Bytes of the longest WRITE, which a read-only mount does not get; the least that the kernel takes.</summary>
    private const uint MaxWrite = 4096;

    /// <summary>Answers INIT, with EPROTO when the kernel speaks an older version.</summary>
    /// <param name="device">The mount.</param>
    /// <param name="unique">The request.</param>
    /// <param name="offer">What the kernel has.</param>
    /// <param name="wanted">What the session would have.</param>
    /// <param name="limits">The session's numbers; the rest is filled in.</param>
    public static void Answer(FuseDevice device, ulong unique, in FuseInitRequest offer, FuseFeatures wanted, FuseInitReply limits)
    {
        const int notTheSame = 71; // EPROTO
        if (offer.Major != Major || offer.Minor < Minor)
        {
            device.Reply(unique, notTheSame);
            return;
        }

        FuseFeatures agreed = offer.Features & wanted;
        limits.Major = Major;
        limits.Minor = Math.Min(offer.Minor, MinorWithMoreFlags);
        limits.Flags = (uint)agreed;
        limits.MoreFlags = (uint)((ulong)agreed >> 32);
        limits.MaxWrite = MaxWrite;
        limits.TimeGranularity = 1;
        device.Answer(unique, in limits);
    }
}
