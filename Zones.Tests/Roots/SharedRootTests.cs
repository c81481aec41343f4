using Zones.Roots;
using Zones.Tests.Support;

namespace Zones.Tests.Roots;

public sealed class SharedRootTests : IDisposable
{
    private readonly TemporaryDirectory _source = new();

    public void Dispose() => _source.Dispose();

    [Fact]
    public void What_the_source_has_is_shared_and_top_level_links_are_made_again()
    {
        _source.Make("usr/bin");
        _source.Make("lib64");
        _source.Make("etc/alternatives");
        _source.Make("etc/ssl/certs");
        _source.Make("etc/ssl/private");
        _source.Link("bin", "usr/bin");
        _source.File("sbin", "a file");
        SharedRoot shared = Resolve(new(RootSource.Directory, _source.Path), out List<SpecProblem> problems);
        Assert.Empty(problems);
        Assert.Equal(["/usr", "/lib64", "/etc/alternatives", "/etc/ssl/certs"], shared.Directories);
        Assert.Equal(("bin", "usr/bin"), Assert.Single(shared.Links));
    }

    [Fact]
    public void What_is_asked_for_and_not_there_is_a_problem()
    {
        _source.Make("opt/app");
        _source.File("opt/file");
        _source.Link("opt/link", "/etc");
        Resolve(new(RootSource.Directory, _source.Path) { Inherit = ["/opt/app", "/opt/none", "/opt/file", "/opt/link"] }, out List<SpecProblem> problems);
        Assert.Equal(["root.inherit[1]", "root.inherit[2]", "root.inherit[3]"], problems.Select(problem => problem.Property));
        Assert.All(problems, problem => Assert.EndsWith($"is not a directory of {_source.Path}", problem.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_source_that_is_not_there_is_a_problem()
    {
        Resolve(ZoneRoot.Directory("/srv/none"), out List<SpecProblem> problems);
        Assert.Equal(("root.source", "/srv/none is not a directory of this host"), (problems[0].Property, Assert.Single(problems).Message));
    }

    [Fact]
    public void A_whole_root_shares_everything()
    {
        SharedRoot shared = Resolve(ZoneRoot.Directory(_source.Path) with { Type = RootType.Whole }, out _);
        Assert.Equal((_source.Path, "/"), (shared.Source, Assert.Single(shared.Directories)));
    }

    private static SharedRoot Resolve(ZoneRoot root, out List<SpecProblem> problems) => SharedRoot.Resolve(new() { Zone = "z1", Root = root }, RootTree.Local(root), problems = []);
}
