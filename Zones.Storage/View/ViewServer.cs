using Zones.Cgroups;
using Zones.Storage.Fuse;
using Zones.Zoned;

namespace Zones.Storage.View;

/// <summary>The process that serves the view (<c>zone serve-mount _view</c>): zoned's keeper starts it with the mount, its /dev/fuse descriptor and
/// the directory of the zones' cgroups, and starts another when it ends. It remembers nothing, so it may be killed at any moment.</summary>
internal static class ViewServer
{
    /// <summary>Serves until the mount is gone.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="descriptors">Numbers of the three, with commas between.</param>
    public static Task RunAsync(string state, string descriptors)
    {
        int[] numbers = HeldServer.Begin(state, ViewKind.Server, descriptors);
        CgroupLayout layout = CgroupLayout.Detect();
        string directory = File.ResolveLinkTarget($"/proc/self/fd/{numbers[2]}", returnFinalTarget: false)!.FullName;
        new ViewSession(new FuseDevice(numbers[1]), layout, Path.GetRelativePath(layout.Unified!, directory)).Run();
        return Task.CompletedTask;
    }
}
