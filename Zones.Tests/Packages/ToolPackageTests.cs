namespace Zones.Tests.Packages;

/// <summary>The command as a .NET tool: installed, used, removed.</summary>
[Collection(nameof(MadePackages))]
public sealed class ToolPackageTests(MadePackages packages)
{
    [Fact]
    public async Task It_is_installed_used_and_removed()
    {
        using TemporaryDirectory tools = new();
        await MadePackages.RunAsync("dotnet", ["tool", "install", "Zones.Tool", "--version", packages.Version, "--tool-path", tools.Path, "--add-source", packages.Feed]);
        string zone = Path.Combine(tools.Path, "zone");
        await using (TestHost test = new())
        {
            Assert.Equal("packaged\n", await MadePackages.RunAsync(zone, ["--state", test.State, "run", "--rm", "packaged", "--", "cat", "/proc/sys/kernel/hostname"]));
        }

        await MadePackages.RunAsync("dotnet", ["tool", "uninstall", "Zones.Tool", "--tool-path", tools.Path]);
        Assert.False(File.Exists(zone));
    }
}
