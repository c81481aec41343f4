using Zones.Interop;

namespace Zones.Tests.Exec;

/// <summary>A descriptor that is closed while a thread waits on it: its number is not another file's before that thread has seen it.</summary>
public sealed class HeldDescriptorTests
{
    [Fact]
    public void It_is_closed_when_nobody_holds_it_any_more()
    {
        using TemporaryDirectory directory = new();
        FileStream file = new(directory.File("held", ""), FileMode.Open);
        HeldDescriptor held = HeldDescriptor.Of(file.SafeFileHandle)!;
        file.Dispose();
        Assert.EndsWith("/held", new FileInfo($"/proc/self/fd/{held.Number}").LinkTarget);
        int number = held.Number;
        held.Dispose();
        Assert.Null(HeldDescriptor.Of(file.SafeFileHandle));
        Assert.False(new FileInfo($"/proc/self/fd/{number}").LinkTarget?.EndsWith("/held", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void What_is_not_there_is_not_held() => Assert.Null(HeldDescriptor.Of(null));
}
