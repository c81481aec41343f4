using System.Diagnostics;

namespace Zones.Tests.Rpc.Compiler;

/// <summary>The command rpcgen.net, as a process.</summary>
public sealed class RpcgenCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("zones-rpcgen-").FullName;

    [Fact]
    public async Task It_writes_what_check_then_finds_the_same_until_it_drifts()
    {
        string input = Write("my-protocol.x", "struct s { int a; };");
        string output = Path.Combine(_directory, "out");
        Assert.Equal((0, ""), await RunAsync(input, "--output", output, "--namespace", "My.Space"));
        string generated = Path.Combine(output, "MyProtocol.g.cs");
        Assert.Contains("namespace My.Space;", File.ReadAllText(generated));
        Assert.Equal((0, ""), await RunAsync(input, "--output", output, "--namespace", "My.Space", "--check"));

        File.AppendAllText(generated, "// by hand\n");
        string drifted = File.ReadAllText(generated);
        (int status, string error) = await RunAsync(input, "--output", output, "--namespace", "My.Space", "--check");
        Assert.Equal(1, status);
        Assert.Equal($"rpcgen.net: {generated} is not what {input} says; run rpcgen.net without --check and commit what it writes\n", error);
        Assert.Equal(drifted, File.ReadAllText(generated));

        File.Delete(generated);
        Assert.Equal(1, (await RunAsync(input, "--output", output, "--check")).Status);
        Assert.False(File.Exists(generated));
    }

    [Fact]
    public async Task An_error_in_one_file_is_told_and_the_others_are_written()
    {
        string bad = Write("bad.x", "struct s {\n    int\n};");
        string good = Write("good.x", "const A = 1;");
        (int status, string error) = await RunAsync(bad, good, Path.Combine(_directory, "none.x"), "-o", _directory);
        Assert.Equal(1, status);
        Assert.StartsWith($"{bad}:3:1: expected the name of what is declared, found '}}'\nrpcgen.net: {_directory}/none.x: ", error);
        Assert.True(File.Exists(Path.Combine(_directory, "Good.g.cs")));
        Assert.False(File.Exists(Path.Combine(_directory, "Bad.g.cs")));
    }

    [Theory]
    [InlineData]
    [InlineData("a.x", "--what")]
    public async Task Wrong_usage_is_status_2(params string[] arguments)
    {
        (int status, string error) = await RunAsync(arguments);
        Assert.Equal(2, status);
        Assert.EndsWith("try 'rpcgen.net --help'\n", error);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task<(int Status, string Error)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "rpcgen.net.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await output);
        return (process.ExitCode, error);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
