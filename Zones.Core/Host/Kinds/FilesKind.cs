using Zones.Interop;
using Zones.Roots;

namespace Zones.Hosting;

/// <summary>Files that an operation leaves behind when it is interrupted, or has yet to remove when it is done. The row's name is the path
/// that goes away; its data is empty where that is removed, else the place that it came from and goes back to unless something is there.</summary>
internal sealed class FilesKind : IResourceKind
{
    public const string Name = "files";

    public string Kind => Name;

    /// <summary>What is to be removed.</summary>
    public static Resource Remove(string zone, string path) => new(zone, 0, Name, path, "");

    /// <summary>What is to be moved back.</summary>
    public static Resource Return(string zone, string path, string origin) => new(zone, 0, Name, path, origin);

    public void Acquire(Resource resource, ResourceBoot boot)
    {
    }

    public void Release(Resource resource)
    {
        if (resource.Data.Length == 0)
        {
            TreeRemover.Remove(resource.Name);
        }
        else if (!HoldsFiles(resource.Data) && Directory.Exists(resource.Name) && PrivateFiles.Move(resource.Name, resource.Data) is var errno and not 0)
        {
            throw new ZoneResourceException($"{resource.Name}: cannot move it back to {resource.Data}: {KernelError.Describe(errno)}", Name) { Zone = resource.Zone, Path = resource.Name, Errno = errno };
        }
    }

    public ResourceCondition Probe(Resource resource) => Path.Exists(resource.Name) ? ResourceCondition.Present : ResourceCondition.Absent;

    private static bool HoldsFiles(string directory) => Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any();
}
