using Zones.Tests.Guest;

namespace Zones.Tests.Domains.Compare;

/// <summary>The program that works on each side, by itself.</summary>
public sealed class WorkProgramTests
{
    [Fact]
    public void What_has_no_link_is_measured_without_a_server()
    {
        string[] figures = [.. GuestImage.Output(Path.Combine(Repository.Root, "artifacts/bin/zone-guest"), "work", "measure", "5").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
        Assert.Contains("cpu", figures);
        Assert.DoesNotContain(figures, figure => figure.StartsWith("tcp.", StringComparison.Ordinal));
    }
}
