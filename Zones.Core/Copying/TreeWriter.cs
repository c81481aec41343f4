using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>Makes files and links of one side. What is made among what is there already has a name of its own until it is whole.</summary>
/// <param name="to">The side.</param>
/// <param name="options">What comes along.</param>
internal sealed class TreeWriter(FileHand to, CopyOptions options)
{
    /// <summary>A name that nobody has guessed, for what is not whole yet.</summary>
    public static byte[] Temporary() => FileHand.Text($".zone-cp-{Guid.NewGuid():N}");

    /// <summary>Begins a file.</summary>
    /// <param name="parent">Its directory.</param>
    /// <param name="name">Its name; what has that name is replaced when the file is whole.</param>
    /// <param name="place">Its path, for errors.</param>
    /// <param name="fresh">Whether nobody knows the directory yet.</param>
    public PendingFile Begin(SafeFd parent, byte[] name, Place place, bool fresh)
    {
        byte[] making = fresh ? name : Temporary();
        const int create = Linux.O_WRONLY | Linux.O_CREAT | Linux.O_EXCL;
        SafeFd made = to.Open(parent, making, create, out int errno, 0x180 /* 0600 */) ?? throw CopyFailure.Of(to, place, "cannot make the copy", errno);
        return new(this, made, parent, making, name, place);
    }

    /// <summary>Makes a link.</summary>
    /// <param name="parent">Its directory.</param>
    /// <param name="name">Its name.</param>
    /// <param name="target">What it says, with its NUL.</param>
    /// <param name="facts">Where its time comes from.</param>
    /// <param name="owner">By ids that both sides understand.</param>
    /// <param name="place">Its path, for errors.</param>
    /// <param name="fresh">Whether nobody knows the directory yet.</param>
    public void Link(SafeFd parent, byte[] name, byte[] target, in FileFacts facts, (uint User, uint Group) owner, Place place, bool fresh)
    {
        byte[] making = fresh ? name : Temporary();
        CopyFailure.Check(to, place, "cannot make the copy", to.MakeLink(target, parent, making));
        try
        {
            using SafeFd? made = to.Open(parent, making, Linux.O_PATH, out _);
            if (made is not null && FileFacts.Of(made).Type == FileType.Link)
            {
                CopyFailure.Check(to, place, "cannot set the owner or time of the copy", to.Finish(made, to.OwnerFor(options.Owners ? owner : null), null, facts));
            }

            if (!fresh)
            {
                CopyFailure.Check(to, place, "cannot put the copy in its place", to.Rename(parent, making, name));
            }
        }
        catch when (!fresh)
        {
            to.Remove(parent, making, isDirectory: false);
            throw;
        }
    }

    /// <summary>Gives what was made its owner, mode and times.</summary>
    public void Finish(SafeFd made, in FileFacts facts, (uint User, uint Group) owner, Place place) => CopyFailure.Check(
        to, place, "cannot set the owner, mode or time of the copy", to.Finish(made, to.OwnerFor(options.Owners ? owner : null), to.ModeFor(facts, options.Owners), facts));

    /// <summary>A file that is being made; disposing takes away one that has not become whole.</summary>
    internal sealed class PendingFile(TreeWriter writer, SafeFd file, SafeFd parent, byte[] making, byte[] name, Place place) : IDisposable
    {
        private bool _whole = ReferenceEquals(making, name);

        /// <summary>Open for writing.</summary>
        public SafeFd File => file;

        /// <summary>It is whole.</summary>
        public void Complete(in FileFacts facts, (uint User, uint Group) owner)
        {
            writer.Finish(file, facts, owner, place);
            if (!_whole)
            {
                CopyFailure.Check(writer.To, place, "cannot put the copy in its place", writer.To.Rename(parent, making, name));
                _whole = true;
            }
        }

        public void Dispose()
        {
            file.Dispose();
            if (!_whole)
            {
                writer.To.Remove(parent, making, isDirectory: false);
            }
        }
    }

    private FileHand To => to;
}
