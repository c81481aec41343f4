using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Syntax;

namespace Zones.Tests.Rpc;

/// <summary>Where the protocols and what was generated from them lie in the repository.</summary>
internal static class RpcSources
{
    public static string Golden => Path.Combine(Repository, "Zones.Tests", "Rpc", "Golden");

    public static string Protocols => Path.Combine(Repository, "Zones.Rpc", "Protocols");

    public static string Generated => Path.Combine(Repository, "Zones.Rpc", "Generated");

    private static string Repository { get; } = FindRepository();

    public static Protocol Read(string path) => Protocol.Check(Parser.Parse(path, File.ReadAllText(path)));

    private static string FindRepository([System.Runtime.CompilerServices.CallerFilePath] string here = "")
    {
        DirectoryInfo? directory = new(Path.GetDirectoryName(here)!);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "build.sh")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException($"no build.sh above {here}");
    }
}
