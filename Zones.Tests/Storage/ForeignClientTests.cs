using System.Diagnostics;
using System.Security.Cryptography;

namespace Zones.Tests.Storage;

/// <summary>libnfs's tools, a client that others wrote, against the server.</summary>
public sealed class ForeignClientTests
{
    [Fact]
    public async Task It_lists_and_reads_what_is_there()
    {
        await using ServedDirectory served = new();
        served.Files.Write("etc/motd", "welcome\n");
        served.Files.Write("empty", "");
        File.CreateSymbolicLink(Path.Combine(served.Files.Inside, "link"), "etc/motd");
        string listed = await RunAsync("nfs-ls", served.Url);
        Assert.Matches(@"(?m)^drwx.*\betc$", listed);
        Assert.Matches(@"(?m)^-rw.*\b0 .*empty$", listed);
        Assert.Matches(@"(?m)^l.*link", listed);
        Assert.Equal("welcome\n", await RunAsync("nfs-cat", served.Url.Replace("/export", "/export/etc/motd")));
    }

    [Fact]
    public async Task It_copies_a_large_file_out_and_in_again_unchanged()
    {
        await using ServedDirectory served = ServedDirectory.ReadWrite();
        byte[] content = RandomNumberGenerator.GetBytes(5_000_123);
        string original = Path.Combine(served.Files.Outside, "original");
        File.WriteAllBytes(original, content);
        await RunAsync("nfs-cp", original, served.Url.Replace("/export", "/export/copied"));
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(served.Files.Inside, "copied")));

        string back = Path.Combine(served.Files.Outside, "back");
        await RunAsync("nfs-cp", served.Url.Replace("/export", "/export/copied"), back);
        Assert.Equal(content, File.ReadAllBytes(back));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}: {error}");
        return await output;
    }
}
