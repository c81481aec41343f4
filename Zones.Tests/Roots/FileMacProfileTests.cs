using Zones.Tests.Support;

namespace Zones.Tests.Roots;

/// <summary>file-mac-profile: what of a root may be written, by profile, on both kinds of root, and in a <c>boot -w</c>.</summary>
public class FileMacProfileTests
{
    private static readonly string[] Places = ["/etc", "/var", "/root", "/opt", "/tmp", "/run"];

    [Theory]
    [InlineData(FileMacProfile.None, "etc var root opt tmp run")]
    [InlineData(FileMacProfile.Strict, "tmp run")]
    [InlineData(FileMacProfile.FixedConfiguration, "var tmp run")]
    [InlineData(FileMacProfile.FlexibleConfiguration, "etc var tmp run")]
    public async Task A_profile_says_what_may_be_written(FileMacProfile profile, string writable)
    {
        await using TestHost test = new();
        foreach (RootType type in (RootType[])[RootType.Sparse, RootType.Whole])
        {
            ZoneRoot root = (type == RootType.Whole ? ZoneRoot.Directory(DebianRoot.Path) : ZoneRoot.Host()) with { Type = type, FileMacProfile = profile };
            Zone zone = await test.RunningAsync(TestHost.Spec(type.ToString().ToLowerInvariant()) with { Root = root, Limitpriv = ["default", "sys_admin"] });
            Assert.Equal(writable, await WritableAsync(zone));

            // sys_admin inside is no way around it.
            await zone.ExecAsync(["sh", "-c", "mount -o remount,rw /; mount -o remount,bind,rw /; umount -l /var; umount -l /etc"]);
            Assert.Equal(writable, await WritableAsync(zone));
            await test.Host.RebootAsync(zone.Name, new BootOptions { Writable = true });
            Assert.Equal("etc var root opt tmp run", await WritableAsync(zone));
            await zone.RebootAsync();
            Assert.Equal(writable, await WritableAsync(zone));
        }
    }

    private static async Task<string> WritableAsync(Zone zone) =>
        await zone.ShellAsync($"echo $(for d in {string.Join(' ', Places)}; do touch $d/.probe 2>/dev/null && rm $d/.probe && echo ${{d#/}}; done)");
}
