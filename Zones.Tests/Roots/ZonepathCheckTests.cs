using Zones.Roots;
using Zones.Tests.Support;
using Zones.Wire;

namespace Zones.Tests.Roots;

public sealed class ZonepathCheckTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_path_that_is_not_there_yet_and_an_empty_directory_are_fine()
    {
        Assert.Null(Problem("a/b/c"));
        _directory.Make("a/b/c");
        Assert.Null(Problem("a/b/c"));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("link/z1")]
    [InlineData("link/deeper/z1")]
    public void A_symbolic_link_on_the_way_is_refused(string path)
    {
        string target = _directory.Make("target");
        _directory.Link("link", target);
        Assert.Equal($"{_directory.Path}/link is a symbolic link to {target}; name the real path", Problem(path));
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_refused_too()
    {
        _directory.Link("link", "nowhere");
        Assert.Contains("is a symbolic link to nowhere", Problem("link"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_on_the_way_is_refused()
    {
        string file = _directory.File("file");
        Assert.Equal($"{file} is not a directory", Problem("file"));
        Assert.Equal($"{file} is not a directory", Problem("file/z1"));
    }

    [Theory]
    [InlineData(Private | UnixFileMode.OtherWrite, true)]
    [InlineData(Private | UnixFileMode.GroupWrite, true)]
    [InlineData(Private | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite | UnixFileMode.StickyBit, false)]
    [InlineData(Private | UnixFileMode.OtherRead | UnixFileMode.OtherExecute, false)]
    public void A_parent_that_others_may_write_is_refused_but_for_a_sticky_one(UnixFileMode mode, bool refused)
    {
        string parent = _directory.Make("parent");
        File.SetUnixFileMode(parent, mode);
        Assert.Equal(refused ? $"{parent} may be written by others than root, who could put something else in the zone's place; chmod go-w it or choose another path" : null, Problem("parent/z1"));
    }

    [Fact]
    public unsafe void A_parent_of_another_user_is_refused()
    {
        string parent = _directory.Make("parent");
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(parent + "\0"))
        {
            Assert.Equal(0, Kernel.Call(Linux.Fchownat, Linux.AT_FDCWD, (long)path, 1000, 1000, 0));
        }

        Assert.Equal($"{parent} belongs to user 1000, who could put something else in the zone's place; chown it to root or choose another path", Problem("parent/z1"));
    }

    [Fact]
    public void A_directory_with_something_in_it_is_refused()
    {
        _directory.File("z1/file");
        Assert.Equal($"{_directory.Path}/z1 exists and is not empty; choose another, or remove what is there", Problem("z1"));
    }

    [Fact]
    public async Task An_install_on_a_bad_path_changes_nothing()
    {
        await using TestHost test = new();
        _directory.Link("link", "/");
        Zone zone = await test.Host.CreateAsync(TestHost.Spec() with { Zonepath = Path.Combine(_directory.Path, "link/z1") });
        ZoneSpecException error = await Assert.ThrowsAsync<ZoneSpecException>(() => zone.InstallAsync());
        Assert.Equal(("zonepath", "z1", "install"), (Assert.Single(error.Problems).Property, error.Zone, error.Operation));
        Assert.Equal(ZoneState.Configured, (await zone.InfoAsync()).State);
        Assert.False(Path.Exists("/z1"));
    }

    private string? Problem(string path)
    {
        List<SpecProblem> problems = [];
        ZonepathCheck.CheckEmpty(Path.Combine(_directory.Path, path), problems);
        Assert.All(problems, problem => Assert.Equal(("zonepath", Path.Combine(_directory.Path, path)), (problem.Property, problem.Value)));
        return problems.Count == 0 ? null : Assert.Single(problems).Message;
    }
}
