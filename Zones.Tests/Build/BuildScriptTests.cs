using System.Diagnostics;
using Zones.Tests.Support;

namespace Zones.Tests.Build;

/// <summary>build.sh, as far as it can be asked without building inside a build.</summary>
public sealed class BuildScriptTests
{
    [Fact]
    public async Task Without_a_target_it_explains_itself()
    {
        (int status, string output, _) = await RunAsync([]);
        Assert.Equal(0, status);
        foreach (string target in (string[])["Demo", "Test", "Build", "Bench", "Pack"])
        {
            Assert.Contains($"  {target} ", output);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Test", "--what")]
    public async Task Wrong_usage_is_status_2_and_the_usage(params string[] arguments)
    {
        (int status, string output, string error) = await RunAsync(arguments);
        Assert.Equal(2, status);
        Assert.Empty(output);
        Assert.StartsWith("usage: ./build.sh", error);
    }

    [Fact]
    public async Task Without_an_sdk_one_line_says_what_to_install()
    {
        DirectoryInfo tools = Directory.CreateTempSubdirectory("zones-build-");
        try
        {
            foreach (string tool in (string[])["uname", "dirname"])
            {
                File.CreateSymbolicLink(Path.Combine(tools.FullName, tool), $"/usr/bin/{tool}");
            }

            (int status, _, string error) = await RunAsync(["Build"], path: tools.FullName);
            Assert.Equal(1, status);
            Assert.Equal("build.sh: no dotnet on the PATH: install the .NET SDK 10 (https://dot.net)\n", error);
        }
        finally
        {
            tools.Delete(recursive: true);
        }
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(string[] arguments, string? path = null)
    {
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "build.sh"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
