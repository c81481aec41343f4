using System.CommandLine;

namespace Zones.Tool.Cli;

/// <summary>Where a command that makes a zone takes its spec from: <c>-f FILE</c>, <c>-f -</c>, or a name and <c>--root</c>.</summary>
internal sealed class SpecSource
{
    public SpecSource(Command command)
    {
        Name.Validators.Add(ZoneNames.NoOption);
        command.Arguments.Add(Name);
        command.Options.Add(File);
        command.Options.Add(Root);
    }

    public Argument<string?> Name { get; } = new("NAME|-f FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "the new zone's name, or a spec" };

    public Option<string?> File { get; } = FileOption();

    public Option<string?> Root { get; } = RootOption();

    public static Option<string?> FileOption() => new("--file", "-f") { Description = "a spec in YAML; - is standard input", HelpName = "FILE" };

    public static Option<string?> RootOption() =>
        new("--root") { Description = "with NAME: host, a directory that holds a root file system, or an export nfs://server[:port]/export (default: host)", HelpName = "host|DIR|nfs://…" };

    /// <summary>Reads the spec.</summary>
    /// <exception cref="UsageException">Neither or both were given.</exception>
    public ZoneSpec Read(ParseResult parsed) => Read(parsed.GetValue(Name), parsed.GetValue(File), parsed.GetValue(Root));

    /// <summary>As the other, of what was given.</summary>
    /// <exception cref="UsageException">Neither or both were given.</exception>
    public static ZoneSpec Read(string? name, string? file, string? root)
    {
        if (file is null == (name is null))
        {
            throw new UsageException(file is null ? "give a spec with -f FILE, or a NAME" : "give -f FILE or a NAME, not both: the file says the name");
        }

        if (file is not null && root is not null)
        {
            throw new UsageException("--root goes with NAME; in a file the root property says it");
        }

        return file is not null ? FromFile(file) : new ZoneSpec { Zone = name!, Root = RootOf(root) };
    }

    private static ZoneRoot RootOf(string? root) =>
        root is null or "host" ? ZoneRoot.Host()
        : root.StartsWith("nfs://", StringComparison.Ordinal) ? ZoneRoot.Nfs(root)
        : root.StartsWith("nfs:", StringComparison.Ordinal) ? throw new UsageException($"--root: '{root}' is no export; it is nfs://server[:port]/export")
        : root.Length == 0 ? throw new UsageException("--root is empty; name host, a directory or an export, or leave it out")
        : ZoneRoot.Directory(Path.GetFullPath(root));

    /// <summary>Reads a spec from a file or standard input.</summary>
    /// <param name="file">The file.</param>
    /// <param name="names">How the command line names it, for errors.</param>
    public static ZoneSpec FromFile(string file, string names = "-f names")
    {
        (string text, string source) = TextFile.Read(file, names, "a spec in YAML");
        return ZoneSpecYaml.Read(text, source);
    }
}
