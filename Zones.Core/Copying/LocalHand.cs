using System.Text;
using Zones.Interop;
using Zones.Roots;
using Zones.Specs;
using Zones.Wire;

namespace Zones.Copying;

/// <summary>The side of this host: its own files, or the private files of a zone that does not run.</summary>
internal sealed unsafe class LocalHand : FileHand
{
    private const uint Permissions = 0x1FF, Sticky = 0x200, All = 0xFFF;

    private readonly SafeFd? _top;
    private readonly uint _idBase;
    private readonly uint _umask;
    private readonly IReadOnlyList<string> _elsewhere;

    private LocalHand(string prefix, SafeFd? top, uint idBase, uint umask, IReadOnlyList<string> elsewhere)
    {
        (Prefix, _top, _idBase, _umask, _elsewhere) = (prefix, top, idBase, umask, elsewhere);
    }

    public override string Prefix { get; }

    protected override ulong PathResolution => _top is null ? 0 : Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS | Linux.RESOLVE_NO_XDEV;

    /// <summary>The files of the host as this process sees them.</summary>
    public static LocalHand OfHost()
    {
        string? umask = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Umask:", StringComparison.Ordinal));
        return new("", null, 0, umask is null ? 0x12 /* 022 */ : Convert.ToUInt32(umask["Umask:".Length..].Trim(), 8), []);
    }

    /// <summary>The private files of a zone in which nothing runs: links in them lead nowhere else.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="root">Their directory.</param>
    /// <param name="idBase">First of the zone's ids; 0 without a user namespace.</param>
    /// <param name="elsewhere">Places where a running zone sees other files.</param>
    public static LocalHand OfZone(string zone, string root, uint idBase, IReadOnlyList<string> elsewhere)
    {
        SafeFd top = Kernel.Open(root, Linux.O_PATH | Linux.O_DIRECTORY | Linux.O_NOFOLLOW, out int errno)
            ?? throw KernelError.On("cannot open the zone's private files", root, errno);
        return new(zone + ":", top, idBase, 0, elsewhere);
    }

    public override int MakeDirectory(SafeFd directory, byte[] name)
    {
        RefuseElsewhere(directory, name);
        fixed (byte* path = name)
        {
            return Error(Kernel.Call(Linux.Mkdirat, directory.Number, (long)path, 0x1C0));
        }
    }

    public override int MakeLink(byte[] target, SafeFd directory, byte[] name)
    {
        fixed (byte* path = name, to = target)
        {
            return Error(Kernel.Call(Linux.Symlinkat, (long)to, directory.Number, (long)path));
        }
    }

    public override int Rename(SafeFd directory, byte[] from, byte[] to)
    {
        RefuseElsewhere(directory, to);
        fixed (byte* old = from, path = to)
        {
            return Error(Kernel.Call(Linux.Renameat, directory.Number, (long)old, directory.Number, (long)path));
        }
    }

    public override int Remove(SafeFd directory, byte[] name, bool isDirectory)
    {
        fixed (byte* path = name)
        {
            return Error(Kernel.Call(Linux.Unlinkat, directory.Number, (long)path, isDirectory ? 0x200 /* AT_REMOVEDIR */ : 0));
        }
    }

    public override int Finish(SafeFd made, (uint User, uint Group)? owner, uint? mode, in FileFacts facts)
    {
        fixed (byte* empty = "\0"u8)
        fixed (ulong* times = Times(facts))
        {
            // A new owner takes set-user-id bits away, and every change the time.
            long result = owner is { } ids ? Kernel.Call(Linux.Fchownat, made.Number, (long)empty, ids.User, ids.Group, Linux.AT_EMPTY_PATH) : 0;
            result = result < 0 || mode is null ? result : Kernel.Call(Linux.Fchmod, made.Number, mode.Value);
            return Error(result < 0 ? result : Kernel.Call(Linux.Utimensat, made.Number, (long)empty, (long)times, Linux.AT_EMPTY_PATH));
        }
    }

    public override (uint User, uint Group) OwnerOf(in FileFacts facts)
    {
        // Of the host's ids a zone knows those from 0 on, and the others as nobody.
        const uint nobody = 65_534;
        IdMove inside = new(_idBase, 0);
        return _top is null
            ? (facts.User > nobody ? nobody : facts.User, facts.Group > nobody ? nobody : facts.Group)
            : (inside.Of(facts.User), inside.Of(facts.Group));
    }

    public override (uint User, uint Group)? OwnerFor((uint User, uint Group)? source)
    {
        IdMove outside = new(0, _idBase);
        return _top is null ? source : (outside.Of(source?.User ?? 0), outside.Of(source?.Group ?? 0));
    }

    /// <summary>What comes out of a zone never gives anybody another's rights.</summary>
    public override uint ModeFor(in FileFacts facts, bool owners) =>
        _top is not null ? facts.Mode & (owners ? All : Permissions | Sticky)
        : owners ? facts.Mode & (Permissions | Sticky)
        : facts.Mode & Permissions & ~_umask;

    public override void Dispose() => _top?.Dispose();

    protected override (SafeFd? Opened, int Errno) OpenAt(SafeFd? directory, byte[] path, int flags, int mode, ulong resolution)
    {
        fixed (byte* name = path)
        {
            ulong* how = stackalloc ulong[3] { (ulong)flags | Linux.O_CLOEXEC, (ulong)mode, resolution };
            SafeFd? opened = Kernel.Descriptor(Kernel.Call(Linux.Openat2, (directory ?? _top)?.Number ?? Linux.AT_FDCWD, (long)name, (long)how, 24), out int errno);
            if (directory is null && _top is not null)
            {
                RefuseElsewhere(Encoding.UTF8.GetString(path.AsSpan(0, path.Length - 1)), opened);
            }

            return (opened, errno);
        }
    }

    /// <summary>A place at which nothing is but while the zone runs, by the name that was given or where the zone's links led.</summary>
    private void RefuseElsewhere(string path, SafeFd? opened)
    {
        string? inside = opened is null ? null : Inside(opened);
        if (_elsewhere.FirstOrDefault(place => SpecPath.IsAtOrBelow(path, place) || (inside is not null && SpecPath.IsAtOrBelow(inside, place))) is { } place)
        {
            opened?.Dispose();
            throw Elsewhere(path, place);
        }
    }

    /// <summary>The same for what is to get a name there.</summary>
    private void RefuseElsewhere(SafeFd directory, byte[] name)
    {
        if (_elsewhere.Count > 0 && Inside(directory) is { } above)
        {
            string path = $"{above.TrimEnd('/')}/{Encoding.UTF8.GetString(name.AsSpan(0, name.Length - 1))}";
            if (_elsewhere.FirstOrDefault(place => SpecPath.IsAtOrBelow(path, place)) is { } place)
            {
                throw Elsewhere(path, place);
            }
        }
    }

    /// <summary>Where something open is, as the zone will see it.</summary>
    private string? Inside(SafeFd opened)
    {
        string? real = new FileInfo($"/proc/self/fd/{opened.Number}").LinkTarget;
        string? top = new FileInfo($"/proc/self/fd/{_top!.Number}").LinkTarget;
        return real is not null && top is not null && SpecPath.IsAtOrBelow(real, top) ? "/" + real[top.Length..].TrimStart('/') : null;
    }

    private ZoneException Elsewhere(string path, string place) =>
        new($"{Prefix}{path}: what is at {place} is there only while the zone runs; boot it first") { Operation = "copy", Path = path, Errno = Linux.EXDEV };

    private static int Error(long result) => result < 0 ? (int)-result : 0;
}
