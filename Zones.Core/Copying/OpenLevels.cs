using Zones.Interop;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>The directories of an archive on the way down to where its reader is, each open: a name in one of them leads nowhere else, whatever is made of the path
/// meanwhile. A directory that was made gets its owner, mode and times when the archive goes on elsewhere, since what comes into it changes them.</summary>
/// <param name="to">The side that is written.</param>
/// <param name="writer">Finishes directories.</param>
/// <param name="top">Where names begin; owned by the caller.</param>
/// <param name="place">The same, for errors.</param>
internal sealed class OpenLevels(FileHand to, TreeWriter writer, SafeFd top, Place place) : IDisposable
{
    private readonly List<Level> _levels = [];

    /// <summary>Opens the directory of a path, and makes what is missing of it.</summary>
    /// <param name="path">Single names, each with its NUL.</param>
    /// <param name="facts">Of one that is made.</param>
    /// <param name="owner">Of one that is made.</param>
    /// <param name="own">Whether the facts and owner are the last directory's, even if it was made before.</param>
    /// <returns>The directory, where it is, and how many were made.</returns>
    public (SafeFd Directory, Place Place, int Made) Enter(ReadOnlySpan<byte[]> path, in FileFacts facts, (uint User, uint Group) owner, bool own)
    {
        int common = 0;
        while (common < Math.Min(path.Length, _levels.Count) && _levels[common].Name.AsSpan().SequenceEqual(path[common]))
        {
            common++;
        }

        LeaveTo(common);
        int made = 0;
        for (int i = common; i < path.Length; i++)
        {
            Level level = Open(path[i]);
            _levels.Add(level);
            if (level.IsMade)
            {
                level.Facts = facts;
                level.Owner = owner;
                made++;
            }
        }

        if (own && path.Length > 0 && _levels[^1] is { IsMade: true } last)
        {
            last.Facts = facts;
            last.Owner = owner;
        }

        return (Directory, Where, made);
    }

    /// <summary>Finishes all that was made.</summary>
    public void Finish() => LeaveTo(0);

    public void Dispose() => _levels.ForEach(level => level.Directory.Dispose());

    private SafeFd Directory => _levels.Count == 0 ? top : _levels[^1].Directory;

    private Place Where => _levels.Count == 0 ? place : _levels[^1].Place;

    private Level Open(byte[] name)
    {
        Place where = Where.Below(name);
        SafeFd? directory = to.Open(Directory, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out int errno);
        bool missing = directory is null && errno == Linux.ENOENT;
        if (missing)
        {
            CopyFailure.Check(to, where, "cannot make the directory", to.MakeDirectory(Directory, name));
            directory = to.Open(Directory, name, Linux.O_RDONLY | Linux.O_DIRECTORY, out errno);
        }

        return directory is null ? throw CopyFailure.Of(to, where, "cannot open the directory", errno) : new(name, directory, where, missing);
    }

    private void LeaveTo(int count)
    {
        while (_levels.Count > count)
        {
            Level level = _levels[^1];
            _levels.RemoveAt(_levels.Count - 1);
            using (level.Directory)
            {
                if (level.IsMade)
                {
                    writer.Finish(level.Directory, level.Facts, level.Owner, level.Place);
                }
            }
        }
    }

    private sealed class Level(byte[] name, SafeFd directory, Place place, bool isMade)
    {
        public byte[] Name => name;

        public SafeFd Directory => directory;

        public Place Place => place;

        public bool IsMade => isMade;

        public FileFacts Facts { get; set; }

        public (uint User, uint Group) Owner { get; set; }
    }
}
