using Zones.Catalogue;
using Zones.Wire;

namespace Zones.Tests.Catalogue;

/// <summary>The catalogue as a user sees it who is not root: a thread of the test's own gives its ids away, as setresuid(2) does when no library is in between.</summary>
public sealed class NotRootTests
{
    private const int Nobody = 65_534;

    [Theory]
    [InlineData(0x1C0, false)]
    [InlineData(0x1ED, false)]
    [InlineData(0x1ED, true)]
    public void A_place_that_is_not_theirs_is_an_error_that_a_program_can_tell(int mode, bool filled)
    {
        using TemporaryDirectory place = new();
        Open(place.Path, mode);
        if (filled)
        {
            Catalogue(place.Path).Create("z1", "zone: z1", "/nonexistent/z1");
        }

        ZoneException error = AsNobody(() => Assert.Throws<ZoneException>(() => Catalogue(place.Path).List()));
        Assert.Equal(Linux.EACCES, error.Errno);
        Assert.StartsWith(place.Path, error.Path, StringComparison.Ordinal);
        Assert.EndsWith("zones need root: use sudo, or 'zone --connect /run/zones.sock' where an administrator runs 'zone serve'", error.Message, StringComparison.Ordinal);
        Assert.Equal(Linux.EACCES, AsNobody(() => Assert.Throws<ZoneException>(() => Catalogue(place.Path).Create("z2", "zone: z2", "/nonexistent/z2"))).Errno);
    }

    [Fact]
    public void One_of_their_own_is_read_and_written()
    {
        using TemporaryDirectory place = new();
        Open(place.Path, 0x1FF);
        Assert.Equal("z1", AsNobody(() =>
        {
            Assert.Empty(Catalogue(place.Path).List());
            Catalogue(place.Path).Create("z1", "zone: z1", "/nonexistent/z1");
            return Assert.Single(Catalogue(place.Path).List()).Name;
        }));
    }

    private static ZoneCatalogue Catalogue(string state) => new(new Store(state), new ZonesOptions());

    private static void Open(string directory, int mode) => File.SetUnixFileMode(directory, (UnixFileMode)mode);

    private static T AsNobody<T>(Func<T> look)
    {
        (T? Value, Exception? Error) seen = default;
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, Kernel.Call(Linux.Setresuid, Nobody, Nobody, Nobody));
                seen.Value = look();
            }
            catch (Exception e)
            {
                seen.Error = e;
            }
        });
        thread.Start();
        thread.Join();
        return seen.Error is null ? seen.Value! : throw new InvalidOperationException(seen.Error.Message, seen.Error);
    }
}
