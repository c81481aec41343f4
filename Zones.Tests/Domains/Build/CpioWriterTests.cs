using System.Diagnostics;
using Zones.Domains.Build;

namespace Zones.Tests.Domains.Build;

/// <summary>Archives for initial roots, read by cpio(1).</summary>
public sealed class CpioWriterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(70_001)]
    public void Cpio_unpacks_what_was_written(int length)
    {
        using TemporaryDirectory directory = new();
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        Unpack(directory.Path, archive =>
        {
            archive.AddDirectory("etc");
            archive.AddFile("etc/content", content, 0x180 /* 0600 */);
            archive.AddFile("last", "end"u8);
        });
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(directory.Path, "out/etc/content")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory.Path, "out/etc/content")));
        Assert.Equal("end", File.ReadAllText(Path.Combine(directory.Path, "out/last")));
    }

    [Fact]
    public void A_device_is_listed_with_its_numbers()
    {
        using MemoryStream stream = new();
        CpioWriter archive = new(stream);
        archive.AddDevice("console", 0x180 /* 0600 */, 5, 1);
        archive.Finish();
        Assert.Matches(@"crw-------\s+1\s+root\s+root\s+5,\s+1 Jan\s+1\s+1970 console", Cpio(stream.ToArray(), null, "-itv"));
    }

    [Fact]
    public void It_is_byte_for_byte_what_cpio_writes_for_the_same_file()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(Path.Combine(directory.Path, "name"), "content");
        File.SetLastWriteTimeUtc(Path.Combine(directory.Path, "name"), DateTime.UnixEpoch);
        File.SetUnixFileMode(Path.Combine(directory.Path, "name"), (UnixFileMode)0x1A4 /* 0644 */);
        ProcessStartInfo start = new("sh", ["-c", "echo name | cpio --quiet -o -H newc --reproducible -R 0:0"]) { WorkingDirectory = directory.Path, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        using MemoryStream theirs = new(), ours = new();
        process.StandardOutput.BaseStream.CopyTo(theirs);
        process.WaitForExit();
        CpioWriter archive = new(ours);
        archive.AddFile("name", "content"u8);
        archive.Finish();

        // It fills its last block with zeros.
        byte[] padded = new byte[theirs.Length];
        ours.ToArray().CopyTo(padded, 0);
        Assert.Equal(Convert.ToHexString(theirs.ToArray()), Convert.ToHexString(padded));
    }

    /// <summary>Writes an archive and has cpio(1) unpack it into <c>out</c>.</summary>
    private static void Unpack(string directory, Action<CpioWriter> write)
    {
        using MemoryStream stream = new();
        CpioWriter archive = new(stream);
        write(archive);
        archive.Finish();
        Cpio(stream.ToArray(), Directory.CreateDirectory(Path.Combine(directory, "out")).FullName, "-id");
    }

    internal static string Cpio(byte[] archive, string? directory, params string[] arguments)
    {
        ProcessStartInfo start = new("cpio", ["--quiet", "--no-absolute-filenames", .. arguments])
        {
            WorkingDirectory = directory ?? "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TZ"] = "UTC", ["LC_ALL"] = "C" },
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(archive);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }
}
