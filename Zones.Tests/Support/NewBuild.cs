using Zones.Wire;

namespace Zones.Tests.Support;

/// <summary>A directory with this build's programs, but for a bit of zoned's build id.</summary>
internal sealed class NewBuild : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("zones-build-").FullName;

    public NewBuild()
    {
        string zoned = Path.Combine(_directory, "zoned");
        string old = Path.Combine(TestHost.BinDirectory, "zoned");
        byte[] program = File.ReadAllBytes(old);
        int at = program.AsSpan().IndexOf(Convert.FromHexString(BuildId.OfFile(old)));
        program[at] ^= 1;
        File.WriteAllBytes(zoned, program);
        File.SetUnixFileMode(zoned, File.GetUnixFileMode(old));
        foreach (string beside in (string[])["zone", "libe_sqlite3.so", "libMonoPosixHelper.so"])
        {
            File.Copy(Path.Combine(TestHost.BinDirectory, beside), Path.Combine(_directory, beside));
        }

        Id = BuildId.OfFile(zoned);
    }

    /// <summary>Its build id.</summary>
    public string Id { get; }

    /// <summary>A host whose zoned is this one.</summary>
    public IZoneHost Open(string state, Action<ZonesOptions>? configure = null)
    {
        ZonesOptions options = new() { StateDirectory = state, BinDirectory = _directory };
        configure?.Invoke(options);
        return ZoneHost.Open(options);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
