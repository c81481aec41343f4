namespace Zones.Tests.Support;

/// <summary>A directory of a test's own, gone with it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("zones-dir-").FullName;

    /// <summary>Makes a file with its directories.</summary>
    /// <param name="name">Below the directory.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="mode">Its permissions.</param>
    /// <returns>Its path.</returns>
    public string File(string name, string content = "", UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        System.IO.File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>Makes a directory with those around it.</summary>
    public string Make(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>Makes a symbolic link.</summary>
    public void Link(string name, string target) => System.IO.File.CreateSymbolicLink(System.IO.Path.Combine(Path, name), target);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
