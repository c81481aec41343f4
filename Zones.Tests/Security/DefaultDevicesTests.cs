using Mono.Unix.Native;
using Zones.Security;

namespace Zones.Tests.Security;

public class DefaultDevicesTests
{
    [Fact]
    public void The_nodes_are_those_of_the_host()
    {
        foreach (DeviceNode node in DefaultDevices.All)
        {
            Assert.Equal(0, Syscall.stat("/dev/" + node.Path, out Stat stat));
            Assert.Equal(stat.st_rdev, node.Number);
            Assert.Equal((uint)NativeConvert.FromFilePermissions(stat.st_mode), node.Mode);
        }
    }

    [Fact]
    public void Masked_and_read_only_paths_do_not_overlap()
    {
        string[] all = [.. MaskedPaths.Masked, .. MaskedPaths.ReadOnly];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, path => Assert.Matches("^/(proc|sys)/[a-z/_-]+$", path));
        Assert.DoesNotContain(all, inner => all.Any(outer => inner.StartsWith(outer + "/", StringComparison.Ordinal)));
    }
}
