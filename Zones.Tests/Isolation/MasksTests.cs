using Zones.Security;
using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>What is hidden or read-only of /proc and /sys, path by path.</summary>
public class MasksTests(DefaultZone fixture) : IClassFixture<DefaultZone>
{
    public static TheoryData<string> Masked => [.. MaskedPaths.Masked.Where(Path.Exists)];

    public static TheoryData<string> ReadOnly => [.. MaskedPaths.ReadOnly.Where(Path.Exists)];

    [Theory]
    [MemberData(nameof(Masked))]
    public async Task A_masked_path_shows_nothing(string path) =>
        Assert.Equal("", await fixture.Zone.ShellAsync($"if [ -d {path} ]; then ls -A {path}; else head -c 64 {path}; fi"));

    [Theory]
    [MemberData(nameof(Masked))]
    public async Task A_masked_path_cannot_be_uncovered(string path) =>
        Assert.Equal(1 /* EPERM */, (await fixture.Zone.SyscallAsync($"166, '{path}', 2")).Errno);

    [Theory]
    [MemberData(nameof(ReadOnly))]
    public async Task A_protected_path_is_a_read_only_mount(string path) =>
        Assert.StartsWith("ro,", await fixture.Zone.ShellAsync($"awk '$5 == \"{path}\" {{ print $6 }}' /proc/self/mountinfo"), StringComparison.Ordinal);

    [Theory]
    [InlineData("/proc/sys/kernel/hostname", "intruder")]
    [InlineData("/proc/sys/kernel/core_pattern", "|/tmp/x")]
    [InlineData("/proc/sys/vm/drop_caches", "3")]
    [InlineData("/proc/sysrq-trigger", "h")]
    [InlineData("/sys/kernel/uevent_helper", "/tmp/x")]
    public async Task A_switch_of_the_kernel_is_not_written(string path, string value) =>
        Assert.False(await fixture.Zone.SucceedsAsync($"echo '{value}' >{path}"));

    [Fact]
    public async Task All_of_sys_is_read_only() =>
        Assert.StartsWith("ro,", await fixture.Zone.ShellAsync("awk '$5 == \"/sys\" { print $6 }' /proc/self/mountinfo"), StringComparison.Ordinal);
}
