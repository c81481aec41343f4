using Zones.Domains.Compare;
using Zones.Tests.Guest;

namespace Zones.Tests.Domains.Compare;

/// <summary>One root as a process, a zone and a domain, for real; the domain is emulated where the processor has no virtualization.</summary>
public sealed class ComparisonTests
{
    /// <summary>Of sides that are no machine, or have no cgroup.</summary>
    private static readonly (string Side, string Figure)[] NotThere =
    [
        ("process", "memory.idle.kernel"), ("process", "memory.loaded.kernel"), ("process", "memory.idle.machine"), ("process", "memory.loaded.machine"), ("process", "memory.shared"),
        ("zone", "memory.idle.machine"), ("zone", "memory.loaded.machine"),
    ];

    [Fact]
    public async Task All_three_are_measured_and_told_apart()
    {
        using TemporaryDirectory temporary = new();
        List<CompareProgress> steps = [];
        ComparisonReport report = await Comparison.RunAsync(Domain(), CompareOptions.Quick with { TemporaryDirectory = temporary.Path }, new Steps(steps));
        Assert.Empty(Directory.GetFileSystemEntries(temporary.Path));
        Assert.Equal([("process", false), ("zone", false), ("domain", false)], report.Sides.Select(side => (side.Name, side.Failed)));
        Assert.All(report.Sides, side => Assert.Null(side.Why));
        Assert.Equal([.. FigureNames.All([]).Select(figure => figure.Name)], report.Figures.Select(figure => figure.Name));
        foreach (Figure figure in report.Figures)
        {
            foreach ((string side, Measured measured) in figure.Values.Where(value => !NotThere.Contains((value.Key, figure.Name))))
            {
                Assert.True(measured.Values.Count == report.Repeat, $"{figure.Name} of the {side}: {measured.Values.Count} values; {measured.NotMeasured}");
                Assert.True(measured.Lowest <= measured.Median && measured.Median <= measured.Highest && measured.Lowest >= 0, $"{figure.Name} of the {side}");
            }
        }

        Assert.All(NotThere, none => Assert.NotEmpty(Of(report, none.Figure, none.Side).NotMeasured!));

        // What holds on every machine, however busy.
        Assert.True(Median(report, "memory.idle.pss", "domain") > 10 * Median(report, "memory.idle.pss", "zone"));
        Assert.True(Median(report, "memory.idle.machine", "domain") > 64 << 20);
        Assert.True(Median(report, "fit", "zone") > 10 * Median(report, "fit", "domain"));
        Assert.True(Median(report, "boot.first-instruction", "domain") > Median(report, "boot.first-instruction", "zone"));
        Assert.All((string[])["process", "zone", "domain"], side => Assert.InRange(Median(report, "memory.loaded.pss", side) - Median(report, "memory.idle.pss", side), 16 << 20, 256 << 20));
        Assert.InRange(Median(report, "disk.instance", "zone"), 1, 1 << 20);
        Assert.True(Median(report, "disk.instance", "domain") > Median(report, "disk.instance", "zone"));
        ReportTests.AssertValid(report.ToJson());

        Assert.NotNull(report.DomainProcessors);
        bool emulated = report.DomainProcessors.Emulated;
        Assert.Equal(emulated, Of(report, "cpu", "domain").Ratio is null);
        Assert.Equal(emulated, Of(report, "syscall", "domain").Ratio is null);
        Assert.Equal(emulated, (await ReportTests.PageAsync(report)).Contains("domain (emulated)", StringComparison.Ordinal));
        Assert.NotNull(Of(report, "cpu", "zone").Ratio);
        Assert.NotNull(Of(report, "memory.idle.pss", "domain").Ratio);

        Assert.Equal(steps.Select(step => step.Done).Order(), steps.Select(step => step.Done));
        Assert.Contains(steps, step => step.Doing == "domain, round 2 of 2");
    }

    [Fact]
    public async Task What_a_domain_cannot_honour_keeps_it_out_by_name_and_the_others_are_measured()
    {
        using TemporaryDirectory temporary = new();
        ComparisonReport report = await Comparison.RunAsync(Domain() with { Limitpriv = ["basic"], MaxProcesses = 64 }, CompareOptions.Quick with { TemporaryDirectory = temporary.Path });
        ComparedSide domain = report.Sides.Single(side => side.Name == "domain");
        Assert.Contains("limitpriv", domain.Why);
        Assert.Contains("max-processes", domain.Why);
        Assert.False(domain.Failed);
        Assert.Null(report.DomainProcessors);
        Assert.Equal(domain.Why, Of(report, "cpu", "domain").NotMeasured);
        Assert.All((string[])["process", "zone"], side => Assert.True(Median(report, "cpu", side) > 0));
    }

    [Fact]
    public async Task A_domain_of_Xens_is_left_out_where_there_is_no_Xen()
    {
        using TemporaryDirectory temporary = new();
        ZoneSpec spec = Domain() with { Domain = new() { Kernel = GuestImage.Get().Package, Toolstack = "xen" } };
        ComparisonReport report = await Comparison.RunAsync(spec, CompareOptions.Quick with { TemporaryDirectory = temporary.Path });
        Assert.Contains("does not run under Xen", report.Sides.Single(side => side.Name == "domain").Why);
        Assert.Equal(["process", "zone", "domain"], report.Sides.Select(side => side.Name));
    }

    [Fact]
    public async Task A_side_that_fails_is_told_and_the_others_go_on()
    {
        // Fails in the zone alone, which may not make a device.
        using TemporaryDirectory temporary = new();
        Workload work = new() { Run = [new("device", ["/bin/sh", "-c", "mknod /tmp/null c 1 3 && rm /tmp/null"])] };
        ComparisonReport report = await Comparison.RunAsync(Native(), CompareOptions.Quick with { TemporaryDirectory = temporary.Path, Work = work });
        ComparedSide zone = report.Sides.Single(side => side.Name == "zone");
        Assert.True(zone.Failed);
        Assert.Contains("device: /bin/sh ended with status 1", zone.Why);
        Assert.Equal(2, Of(report, "run.device", "process").Values.Count);
        Assert.Empty(Directory.GetFileSystemEntries(temporary.Path));
    }

    [Fact]
    public async Task An_instance_whose_init_has_ended_fits_no_number_of_times()
    {
        using TemporaryDirectory temporary = new();
        ComparisonReport report = await Comparison.RunAsync(Native() with { Init = ["/bin/true"] }, CompareOptions.Quick with { TemporaryDirectory = temporary.Path });
        ReportTests.AssertValid(report.ToJson());
        Assert.All(report.Figures.SelectMany(figure => figure.Values.Values).SelectMany(measured => measured.Values), value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(101, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 65, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, -1)]
    [InlineData(1, 1, 60_001)]
    public async Task Options_out_of_their_bounds_are_refused(int repeat, int instances, int milliseconds)
    {
        CompareOptions options = new() { Repeat = repeat, Instances = instances, Spell = TimeSpan.FromMilliseconds(milliseconds), OtherRoot = "/no/such/root" };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Comparison.RunAsync(new() { Zone = "web1" }, options));
    }

    /// <summary>A root without a kernel, which makes a domain of itself impossible.</summary>
    internal static ZoneSpec Native() => new() { Zone = "web1", Root = ZoneRoot.Directory(GuestImage.Get().Base) with { Type = RootType.Whole } };

    internal static ZoneSpec Domain() => Native() with { Brand = ZoneBrand.Domain, Domain = new() { Kernel = GuestImage.Get().Package } };

    private static Measured Of(ComparisonReport report, string figure, string side) => report.Figures.Single(one => one.Name == figure).Values[side];

    private static double Median(ComparisonReport report, string figure, string side) => Of(report, figure, side).Median!.Value;

    private sealed class Steps(List<CompareProgress> steps) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value) => steps.Add(value);
    }
}
