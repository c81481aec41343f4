namespace Zones.Tests.Guest;

/// <summary>zoned on a host that systemd runs.</summary>
public sealed class SystemdTests(SystemdTests.Guest guest) : IClassFixture<SystemdTests.Guest>
{
    private const string Script = "systemd.sh";

    public static TheoryData<string> Checks => GuestChecks.Names(Script);

    [Theory]
    [MemberData(nameof(Checks))]
    public void Under_systemd(string check) => guest.AssertOk(check);

    public sealed class Guest() : GuestChecks(Script, mebibytes: 768, systemd: true);
}
