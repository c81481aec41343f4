using Zones.Specs;

namespace Zones.Tests.Spec;

public class PackageRequirementsTests
{
    [Theory]
    [InlineData("brand: domain", "brand needs Zones.Domains")]
    [InlineData("brand: domain\ndomain: { kernel: /k }", "brand needs Zones.Domains", "domain needs Zones.Domains")]
    [InlineData("root: { image: debian-12 }", "root.image needs Zones.Storage")]
    [InlineData("root: nfs://server/export", "root.source needs Zones.Storage")]
    [InlineData("anet: [ { linkname: net0 } ]", "anet needs Zones.Network")]
    [InlineData("ip-type: shared\nnet: [ { address: 10.0.0.2/8, physical: eth0 } ]", "net needs Zones.Network")]
    [InlineData("resolvers: [10.0.0.53]", "resolvers needs Zones.Network")]
    [InlineData("ip-type: shared")]
    public void A_property_whose_package_is_not_loaded_is_refused_by_name(string yaml, params string[] messages)
    {
        ZoneSpec spec = ZoneSpecYaml.Read("zone: z1\n" + yaml);
        List<SpecProblem> problems = [.. PackageRequirements.Missing(spec, new HashSet<string>())];
        Assert.Equal(messages.Length, problems.Count);
        Assert.All(messages.Zip(problems), pair => Assert.StartsWith(pair.First + ",", pair.Second.Message, StringComparison.Ordinal));
        Assert.Empty(PackageRequirements.Missing(spec, new HashSet<string> { "Zones.Domains", "Zones.Storage", "Zones.Network" }));
    }

    [Fact]
    public async Task Verify_says_so_and_create_keeps_the_spec()
    {
        await using Support.TestHost test = new();
        ZoneSpec spec = Support.TestHost.Spec() with { Anet = [new("net0")] };
        VerifyReport report = await test.Host.VerifyAsync(spec);
        Assert.Equal("anet", Assert.Single(report.Problems).Property);
        Zone zone = await test.Host.CreateAsync(spec);
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.InstallAsync());
        Assert.Contains("anet needs Zones.Network", error.Message, StringComparison.Ordinal);
        Assert.Equal((ZoneState.Configured, spec), ((await zone.InfoAsync()).State, (await zone.InfoAsync()).Spec));
    }
}
