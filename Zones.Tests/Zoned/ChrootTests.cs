using Zones.Tests.Support;

namespace Zones.Tests.Zoned;

/// <summary>Where / is no mount, nobody can have a mount namespace of his own that the host's mounts are hidden in.</summary>
public sealed class ChrootTests
{
    [Fact]
    public async Task A_boot_in_a_chroot_says_why_there_is_none_and_covers_no_mount()
    {
        using TemporaryDirectory root = new();
        string script = $$"""
            cd '{{root.Path}}' && mount --make-rprivate / && mkdir proc sys dev tmp var opened bin lib lib64 sbin etc usr || exit 99
            for directory in bin lib lib64 sbin etc usr proc sys dev; do mount --rbind /$directory $directory || exit 99; done
            mount --bind '{{TestHost.BinDirectory}}' opened || exit 99
            before=$(ls proc/self)
            ZONES_STATE=/var/z chroot . /opened/zone launch z1 --root host; status=$?
            [ "$before" = "$(ls proc/self)" ] || echo '/proc is covered'
            ZONES_STATE=/var/z chroot . /opened/zone delete -F z1 2>/dev/null
            exit $status
            """;
        CommandResult result = await new ZoneCli("/nonexistent").ShellAsync($"exec unshare -m sh -c {Quote(script)}");
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Equal("zone: z1: cannot make the spawner's mount namespace (zoned needs a / that is a mount, not a chroot): EINVAL (invalid argument)", result.Complaint());
        await Eventually.TrueAsync(() => ZonedProcesses.Keepers("/var/z").Count == 0, "zoned does not end");
    }

    private static string Quote(string script) => $"'{script.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
