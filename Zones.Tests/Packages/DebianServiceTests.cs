using Zones.Tests.Guest;

namespace Zones.Tests.Packages;

/// <summary>The Debian package's unit on a Debian that systemd runs: installed, started, stopped, removed.</summary>
[Collection(nameof(MadePackages))]
public sealed class DebianServiceTests(DebianServiceTests.Guest guest) : IClassFixture<DebianServiceTests.Guest>
{
    private const string Script = "deb.sh";

    public static TheoryData<string> Checks => GuestChecks.Names(Script);

    [Theory]
    [MemberData(nameof(Checks))]
    public void Under_systemd(string check) => guest.AssertOk(check);

    public sealed class Guest(MadePackages packages) : GuestChecks(Script, mebibytes: 768, systemd: true)
    {
        protected override Task<IReadOnlyList<string>> RunAsync() => VirtualMachine.RunAsync(Script, 768, GuestInit.Systemd, package: packages.Debian);
    }
}
