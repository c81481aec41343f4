namespace Zones.Tests.Guest;

/// <summary>Limits, accounting and the end of zones on a host that has cgroup2 and nothing else, as most users' hosts are. The machine that
/// runs the tests may be a hybrid one, so this runs in a guest, through the command.</summary>
public sealed class CgroupV2Tests(CgroupV2Tests.Guest guest) : IClassFixture<CgroupV2Tests.Guest>
{
    private const string Script = "cgroup-v2.sh";

    public static TheoryData<string> Checks => GuestChecks.Names(Script);

    [Theory]
    [MemberData(nameof(Checks))]
    public void On_cgroup2_alone(string check) => guest.AssertOk(check);

    public sealed class Guest() : GuestChecks(Script, mebibytes: 768, systemd: false);
}
