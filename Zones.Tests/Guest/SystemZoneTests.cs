namespace Zones.Tests.Guest;

/// <summary>A zone whose init is systemd, on a host that has cgroup2 and nothing else.</summary>
public sealed class SystemZoneTests(SystemZoneTests.Guest guest) : IClassFixture<SystemZoneTests.Guest>
{
    private const string Script = "system.sh";

    public static TheoryData<string> Checks => GuestChecks.Names(Script);

    [Theory]
    [MemberData(nameof(Checks))]
    public void On_cgroup2_alone(string check) => guest.AssertOk(check);

    public sealed class Guest() : GuestChecks(Script, mebibytes: 768, systemd: false);
}
