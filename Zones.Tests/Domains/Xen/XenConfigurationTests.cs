using Zones.Boot;
using Zones.Domains.Xen;

namespace Zones.Tests.Domains.Xen;

/// <summary>What xl is told of a domain, and what it tells of those that are there.</summary>
public sealed class XenConfigurationTests
{
    private const string Uuid = "11111111-2222-3333-4444-555555555555";

    /// <summary>As xl 4.17 printed it.</summary>
    private const string List = """
        Name                                        ID   Mem VCPUs	State	Time(s)   UUID                            Reason-Code	Security Label
        Domain-0                                     0  1024     1     r-----      78.6 00000000-0000-0000-0000-000000000000        -                -
        a name                                      12   192     1     ---s--      25.7 11111111-2222-3333-4444-555555555555        1                -
        (null)                                      13     0     0     --p---       0.0 11111111-2222-3333-4444-666666666666        -                -
        """;

    [Fact]
    public void A_spec_is_written_in_xls_words()
    {
        ZoneSpec spec = new()
        {
            Zone = "d1",
            CappedCpu = new(1.5m),
            DedicatedCpu = new("0-3"),
            CpuShares = 200,
            CappedMemory = new(DataSize.MiB(512)),
        };
        Assert.Equal(
            """
            name = "d1"
            uuid = "11111111-2222-3333-4444-555555555555"
            type = "pvh"
            kernel = "/domain/kernel"
            ramdisk = "/domain/initrd"
            cmdline = "console=hvc0 a=\"b\\c\""
            memory = 512
            vcpus = 2
            cap = 150
            cpus = "0-3"
            cpu_weight = 512
            vif = [ "mac=02:00:00:00:00:01,bridge=zbr0,script=/bin/true" ]
            on_poweroff = "preserve"
            on_reboot = "preserve"
            on_crash = "preserve"
            on_watchdog = "preserve"

            """,
            XenConfiguration.Compose(spec, "pvh", Uuid, [new BootLink("net0", "z1", "zbr0", "02:00:00:00:00:01")], """console=hvc0 a="b\c" """.Trim()));
    }

    [Fact]
    public void A_domain_is_found_by_its_uuid_whatever_it_is_called()
    {
        XenDomain ended = XenDomain.Find(List, Uuid)!;
        Assert.Equal((12, DataSize.MiB(192), "shutdown", 1), (ended.Id, ended.Memory, ended.Status, ended.Reason));
        XenDomain half = XenDomain.Find(List, "11111111-2222-3333-4444-666666666666")!;
        Assert.Equal((13, "paused", null), (half.Id, half.Status, half.Reason));
        Assert.Null(XenDomain.Find(List, "99999999-2222-3333-4444-666666666666"));
    }

    [Fact]
    public void A_message_of_xenstore_has_its_header_and_its_parts()
    {
        byte[] message = XenStoreMessage.Compose(XenStoreMessage.Write, XenStoreMessage.Status, "running\n");
        Assert.Equal("0b000000" + "00000000" + "00000000" + "13000000", Convert.ToHexStringLower(message)[..32]);
        Assert.Equal((11, 19), XenStoreMessage.ReadHeader(message));
        Assert.Equal("data/zones\0running\n"u8, message.AsSpan(XenStoreMessage.HeaderLength));
    }
}
