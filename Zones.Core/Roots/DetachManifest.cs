using System.Globalization;
using System.Text;
using Zones.Interop;
using Zones.Specs;

namespace Zones.Roots;

/// <summary>What a detached zone needs besides its files to be attached again, here or elsewhere: a spec in YAML with a section that
/// says whose the files are. It lies beside the zonepath, as ZONEPATH.manifest, and travels with it.</summary>
/// <param name="Uuid">The zone's.</param>
/// <param name="IdBase">First of the ids that the files have; 0 without a user namespace.</param>
/// <param name="Spec">The definition when it was detached.</param>
internal sealed record DetachManifest(Guid Uuid, uint IdBase, ZoneSpec Spec)
{
    private const int Version = 1;
    private const string Section = "manifest";

    /// <summary>Where the manifest of a zonepath is. Where it is there, so are the files of a detached zone.</summary>
    public static string PathOf(string zonepath) => zonepath + ".manifest";

    /// <summary>What to say where a zonepath has no manifest; null where it has one.</summary>
    /// <param name="zone">The zone that is to be attached.</param>
    /// <param name="zonepath">Where it was looked for.</param>
    /// <param name="configured">Whether the zone is configured with that zonepath, so that no other can be given.</param>
    public static SpecProblem? Missing(string zone, string zonepath, bool configured)
    {
        string path = PathOf(zonepath);
        if (FileStatus.Of(path) is not null)
        {
            return null;
        }

        const string suffix = ".manifest";
        string advice = !configured && zonepath.EndsWith(suffix, StringComparison.Ordinal) && FileStatus.Of(zonepath) is not null ? $"{zonepath} is a manifest; give the directory beside it, --zonepath {zonepath[..^suffix.Length]}"
            : configured ? $"{Search(zone)}; bring both there, or delete the zone and attach it where they are, with --zonepath"
            : Find(zone, zonepath) is { } below ? $"{PathOf(below)} is there, so give --zonepath {below}"
            : $"{Search(zone)}; give --zonepath that directory, or bring both there";
        return new("zonepath", zonepath, $"there is no manifest {path}, which 'zone detach' writes beside the directory of the files; {advice}");
    }

    /// <summary>Where a directory of zonepaths has the files of a detached zone; null where it has no manifest of theirs.</summary>
    public static string? Find(string zone, string directory) =>
        IdentityRules.IsPlainName(zone) && Path.Combine(directory, zone) is var zonepath && FileStatus.Of(PathOf(zonepath)) is not null ? zonepath : null;

    /// <summary>How a person finds a manifest.</summary>
    public static string Search(string zone) => $"'find / -name {zone}.manifest' may find it";

    /// <summary>Writes it so that it is on the disk when this returns.</summary>
    /// <exception cref="ZoneResourceException">It cannot be written; what there is of it is the caller's to remove.</exception>
    public void Write(string path)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Section}: {{ version: {Version}, uuid: {Uuid}, id-base: {IdBase} }}\n") + ZoneSpecYaml.Write(Spec);
        try
        {
            using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneResourceException($"{path}: cannot write the manifest: {Text.Sentence(e.Message)}", "root", e) { Path = path };
        }
    }

    /// <summary>Reads the manifest of a zonepath.</summary>
    /// <exception cref="ZoneSpecException">There is none, or it is none of ours.</exception>
    public static DetachManifest Read(string zonepath)
    {
        string path = PathOf(zonepath);
        if (FileStatus.Of(path) is not { } found)
        {
            throw Problem(zonepath, $"{path} is not there; 'zone detach' writes it, and it has to travel with the files");
        }

        if (!found.IsRegular || found.Owner != 0 || found.OthersMayWrite || found.Length > ZoneSpecYaml.MaxLength)
        {
            throw Problem(zonepath, $"{path} is not a file of root's, which nobody else may write, of at most {ZoneSpecYaml.MaxLength} bytes; chown it to root and chmod go-w it, or detach the zone again where it came from");
        }

        YamlReading reading = new(path);
        if (reading.Document(File.ReadAllText(path)) is { } map && map.Section(Section) is { } section)
        {
            int? version = section.Number("version");
            string? uuid = section.Text("uuid");
            uint? idBase = section.Unsigned("id-base");
            section.Finish();
            ZoneSpec spec = SpecReader.Read(map);
            if (reading.Problems.Count == 0 && version == Version && Guid.TryParse(uuid, out Guid identity) && idBase is not null)
            {
                return new(identity, idBase.Value, spec);
            }
        }

        throw reading.Problems.Count > 0 ? new ZoneSpecException(reading.InOrder())
            : Problem(zonepath, $"{path} is not a manifest that this version of zones has written (manifest: {{ version: {Version}, uuid: …, id-base: … }})");
    }

    private static ZoneSpecException Problem(string zonepath, string message) => new([new("zonepath", zonepath, message)]);
}
