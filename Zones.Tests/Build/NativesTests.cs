namespace Zones.Tests.Build;

/// <summary>The programs that boot zones lie beside every application that does, however it was started.</summary>
public sealed class NativesTests
{
    [Theory]
    [InlineData("zoned")]
    [InlineData("zone")]
    [InlineData("zone-guest")]
    [InlineData("zone-serve")]
    public void It_is_there_executable_and_native(string name)
    {
        FileInfo file = new(Path.Combine(AppContext.BaseDirectory, name));
        Assert.True(file.Exists, $"{file.FullName} is not there");
        Assert.True(file.UnixFileMode.HasFlag(UnixFileMode.UserExecute), $"{file.FullName} is not executable");

        // A program that needs the runtime looks for it by this name.
        byte[] program = File.ReadAllBytes(file.FullName);
        Assert.Equal("\u007fELF"u8.ToArray(), program[..4]);
        Assert.Equal(-1, program.AsSpan().IndexOf("libhostfxr"u8));
    }
}
