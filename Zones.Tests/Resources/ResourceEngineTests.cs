using Zones.Resources;

namespace Zones.Tests.Resources;

/// <summary>The order of steps, without root: what is acquired in order is released in reverse, whatever fails in between.</summary>
public class ResourceEngineTests
{
    private static readonly ResourceBoot Boot = new(new ZoneSpec { Zone = "z1" });

    private readonly List<string> _journal = [];
    private readonly RecordingKind _cgroup;
    private readonly RecordingKind _link;
    private readonly ResourceEngine _engine;
    private readonly Resource[] _rows = [Row("cgroup", "a"), Row("link", "b"), Row("cgroup", "c"), Row("link", "d")];

    public ResourceEngineTests()
    {
        (_cgroup, _link) = (new("cgroup", _journal), new("link", _journal));
        _engine = new([_cgroup, _link]);
    }

    [Fact]
    public void Resources_are_acquired_in_order_and_released_in_reverse()
    {
        _engine.AcquireAll(_rows, Boot);
        Assert.All(_rows, row => Assert.Equal(ResourceCondition.Present, _engine.Probe(row)));
        Assert.Empty(_engine.ReleaseAll(_rows));
        Assert.Equal(["acquire cgroup a", "acquire link b", "acquire cgroup c", "acquire link d", "release link d", "release cgroup c", "release link b", "release cgroup a"], _journal);
        Assert.All(_rows, row => Assert.Equal(ResourceCondition.Absent, _engine.Probe(row)));
    }

    [Fact]
    public void A_failure_in_the_middle_ends_the_acquiring_and_all_that_was_begun_is_released()
    {
        _cgroup.FailsToAcquire["c"] = new ZoneResourceException("c: no room", "cgroup");
        Assert.Same(_cgroup.FailsToAcquire["c"], Assert.Throws<ZoneResourceException>(() => _engine.AcquireAll(_rows, Boot)));
        Assert.Empty(_engine.ReleaseAll(_rows));
        Assert.Equal(["acquire cgroup a", "acquire link b", "acquire cgroup c", "release link d (absent)", "release cgroup c", "release link b", "release cgroup a"], _journal);
        Assert.All(_rows, row => Assert.Equal(ResourceCondition.Absent, _engine.Probe(row)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_release_that_fails_keeps_its_row_and_the_others_go_on(bool ours)
    {
        _engine.AcquireAll(_rows, Boot);
        Exception reason = ours ? new ZoneResourceException("busy", "cgroup") : new UnauthorizedAccessException("denied");
        _cgroup.FailsToRelease["c"] = reason;
        (Resource kept, Exception why) = Assert.Single(_engine.ReleaseAll(_rows));
        Assert.Equal((_rows[2], reason), (kept, why));
        Assert.Equal(["release link d", "release cgroup c", "release link b", "release cgroup a"], _journal[4..]);
        _cgroup.FailsToRelease.Clear();
        Assert.Empty(_engine.ReleaseAll([kept]));
    }

    [Fact]
    public void A_row_of_a_kind_that_is_not_loaded_is_kept_and_reported()
    {
        Resource unknown = Row("tunnel", "t");
        _engine.AcquireAll(_rows, Boot);
        (Resource kept, Exception why) = Assert.Single(_engine.ReleaseAll([.. _rows, unknown]));
        Assert.Same(unknown, kept);
        ZoneResourceException reason = Assert.IsType<ZoneResourceException>(why);
        Assert.Equal(("tunnel", "z1: tunnel t: no loaded package knows this kind of resource; use the program that made it"), (reason.ResourceKind, reason.Message));
        Assert.Equal((false, true, ResourceCondition.Present), (_engine.Knows("tunnel"), _engine.Knows("link"), _engine.Probe(unknown)));
        Assert.Equal(4, _journal.Count(line => line.StartsWith("release", StringComparison.Ordinal)));
    }

    [Fact]
    public void Releasing_twice_is_releasing_once()
    {
        _engine.AcquireAll(_rows, Boot);
        Assert.Empty(_engine.ReleaseAll(_rows));
        Assert.Empty(_engine.ReleaseAll(_rows));
        Assert.Empty(_engine.ReleaseAll([]));
    }

    [Fact]
    public void Two_kinds_of_one_name_are_a_mistake() => Assert.Throws<ArgumentException>(() => new ResourceEngine([_link, new RecordingKind("link", [])]));

    private static Resource Row(string kind, string name) => new("z1", 1, kind, name, "");
}
