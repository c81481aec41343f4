namespace Zones.Tests.Support;

/// <summary>The sources that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The directory with Zones.sln.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? directory) =>
        directory is null ? throw new InvalidOperationException($"no Zones.sln above {AppContext.BaseDirectory}")
        : File.Exists(Path.Combine(directory.FullName, "Zones.sln")) ? directory.FullName
        : Find(directory.Parent);
}
