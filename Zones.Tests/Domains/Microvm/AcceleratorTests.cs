using Zones.Domains.Microvm;

namespace Zones.Tests.Domains.Microvm;

/// <summary>KVM where it can be used, and why not where it cannot.</summary>
public sealed class AcceleratorTests
{
    [Theory]
    [InlineData("flags\t\t: fpu vmx sse", true, null)]
    [InlineData("flags\t\t: fpu svm", true, null)]
    [InlineData("flags\t\t: fpu vmx", false, "/dev/kvm is not there")]
    [InlineData("flags\t\t: fpu sse", true, "so /dev/kvm is of no use")]
    [InlineData("vmx flags\t\t: none", false, "shows no virtualization")]
    public void The_processors_flags_come_before_the_device(string cpuInfo, bool device, string? expected)
    {
        string? why = Accelerator.WhyNoKvm(cpuInfo + "\n", device);
        if (expected is null)
        {
            Assert.Null(why);
        }
        else
        {
            Assert.Contains(expected, why);
        }
    }

    [Fact]
    public void Emulation_can_always_be_had()
    {
        Assert.False(Accelerator.Choose("tcg", out string? problem).IsKvm);
        Assert.Null(problem);
    }
}
