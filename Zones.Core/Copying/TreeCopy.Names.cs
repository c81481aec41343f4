using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <content>Names, errors, and taking away what is half made.</content>
internal sealed partial class TreeCopy
{
    /// <summary>A name that nobody has guessed, for what is not whole yet.</summary>
    private static byte[] Temporary() => FileHand.Text($".zone-cp-{Guid.NewGuid():N}");

    /// <summary>Removes a tree that was begun, as far as that is possible.</summary>
    private void Discard(SafeFd parent, byte[] name)
    {
        using (SafeFd? directory = to.Open(parent, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out _))
        {
            if (directory is not null)
            {
                Empty(directory, 0);
            }
        }

        to.Remove(parent, name, isDirectory: true);
    }

    private void Empty(SafeFd directory, int depth)
    {
        foreach (byte[] name in Listing.Of(directory, errno => new ZoneException(KernelError.Describe(errno))))
        {
            using SafeFd? below = depth < Deepest ? to.Open(directory, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out _) : null;
            if (below is not null)
            {
                Empty(below, depth + 1);
            }

            to.Remove(directory, name, isDirectory: below is not null);
        }
    }

    private static void Check(FileHand side, Place place, string what, int errno)
    {
        if (errno != 0)
        {
            throw Failure(side, place, what, errno);
        }
    }

    private static ZoneException Failure(FileHand side, Place place, string what, int errno) => Failure(side, place.ToString(), what, errno);

    private static ZoneException Failure(FileHand side, string path, string what, int errno)
    {
        string advice = errno switch
        {
            Linux.ENOSPC => "; make room and try again",
            Linux.EROFS => "; it is read-only there",
            Linux.EXDEV or Linux.ELOOP => "; it leads through a link that is not followed, or was changed meanwhile",
            Linux.EAGAIN => "; it is changed, or leased, all the time",
            _ => "",
        };
        return new($"{side.Prefix}{path}: {what}: {KernelError.Describe(errno)}{advice}") { Operation = "copy", Path = path, Errno = errno };
    }

    /// <summary>Where the copy is at, for errors.</summary>
    private sealed record Place(string Text, byte[] Bytes)
    {
        public Place Below(byte[] name)
        {
            byte[] bytes = [.. Bytes.AsSpan().TrimEnd((byte)'/'), (byte)'/', .. name.AsSpan(0, name.Length - 1)];
            return new("", bytes);
        }

        public override string ToString() => Text.Length > 0 ? Text : Encoding.UTF8.GetString(Bytes);
    }
}
