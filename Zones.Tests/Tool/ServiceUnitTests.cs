namespace Zones.Tests.Tool;

/// <summary>What systemd is given, wherever the state directory is.</summary>
public sealed class ServiceUnitTests
{
    [Theory]
    [InlineData("a b%n", "a b%%n", "a b%%n")]
    [InlineData("$HOME;#'x", "$HOME;#'x", "$$HOME;#'x")]
    [InlineData("q\"b\\", "q\\\"b\\\\", "q\\\"b\\\\")]
    public async Task A_path_with_what_means_something_to_systemd_is_taken_as_it_is(string name, string path, string argument)
    {
        using TemporaryDirectory directory = new();
        ZoneCli cli = new(Path.Combine(directory.Path, name));
        await cli.OkAsync("create", "z1", "--root", "host");
        string[] unit = (await cli.OkAsync("service", "show", "--program", "/opt/" + name)).Split('\n');
        Assert.Contains($"RequiresMountsFor=\"{directory.Path}/{path}\"", unit);
        Assert.Contains($"ExecStart=\"/opt/{path}\" --state \"{directory.Path}/{argument}\" autoboot", unit);
        Assert.DoesNotContain(unit, line => line.EndsWith('\\'));
    }

    [Fact]
    public async Task A_path_that_would_end_its_line_is_refused()
    {
        using TemporaryDirectory directory = new();
        ZoneCli cli = new(directory.Path + "/a\nExecStartPre=b");
        await cli.OkAsync("create", "z1", "--root", "host");
        Assert.Contains("holds a control character", await cli.FailAsync(1, "service", "show"));
        Assert.Contains("holds a control character", await new ZoneCli("/var/lib/zones").FailAsync(1, "service", "show", "--program", "/opt/a\nb"));
    }
}
