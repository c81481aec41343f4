using System.Runtime.InteropServices;
using Zones.Roots;
using Zones.Tests.Guest;

namespace Zones.Tests.Network.Links;

/// <summary>The tests of links on a kernel that is some years old and has all kinds of them, as users' hosts do; that of the machine that
/// runs the tests may lack 802.1Q. A guest, in which this very assembly is run.</summary>
public sealed class OlderKernelTests
{
    /// <summary>What the tests need, in order of loading.</summary>
    private static readonly string[] s_modules =
    [
        "net/llc/llc", "net/802/stp", "net/802/garp", "net/802/mrp", "net/8021q/8021q", "net/bridge/bridge", "drivers/net/veth", "drivers/net/macvlan", "net/ipv4/udp_tunnel",
        "net/ipv6/ip6_udp_tunnel", "drivers/net/vxlan/vxlan", "drivers/net/ifb", "drivers/net/tun", "net/sched/sch_tbf", "net/sched/sch_ingress", "net/sched/cls_u32", "net/sched/act_mirred",
    ];

    [Fact]
    public async Task Every_kind_of_link_is_made_and_limited()
    {
        GuestImage image = GuestImage.Get();
        string directory = Directory.CreateTempSubdirectory("zones-older-kernel-").FullName;
        try
        {
            IReadOnlyList<string> console = await VirtualMachine.RunAsync(image, InitialRoot(image, directory), mebibytes: 1024, []);
            Assert.True(console.Contains("has vlans") && console.Contains("tests ended with 0"), string.Join('\n', console));
        }
        finally
        {
            TreeRemover.Remove(directory);
        }
    }

    private static string InitialRoot(GuestImage image, string directory)
    {
        string tree = Path.Combine(directory, "tree");
        foreach (string name in (string[])["bin", "dev", "etc", "proc", "sys", "tmp", "modules", "tests"])
        {
            Directory.CreateDirectory(Path.Combine(tree, name));
        }

        File.WriteAllText(Path.Combine(tree, "etc/passwd"), "root:x:0:0::/tmp:/bin/sh\n");
        File.Copy("/bin/busybox", Path.Combine(tree, "bin/busybox"));
        foreach (string module in s_modules)
        {
            File.Copy(Path.Combine(image.ModuleDirectory, module + ".ko"), Path.Combine(tree, "modules", Path.GetFileName(module) + ".ko"));
        }

        string runtime = RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/');
        string dotnet = Path.GetFullPath(Path.Combine(runtime, "../../.."));
        GuestImage.Output("sh", "-ec", $$"""
            cd {{tree}}
            mkdir -p .{{dotnet}} .{{Path.GetDirectoryName(runtime)}}
            cp -a {{dotnet}}/dotnet {{dotnet}}/host .{{dotnet}}/
            cp -a {{runtime}} .{{runtime}}
            cp -a {{AppContext.BaseDirectory}}/. tests/
            rm -f tests/zone tests/zoned
            ln -s {{dotnet}}/dotnet bin/dotnet
            programs=$(for name in ip tc nsenter; do readlink -f "$(command -v $name)"; done)
            loaded=$(ldconfig -p | grep -oE '/[^ ]*/lib(ssl|crypto)\.so\.3$')
            for file in $programs $loaded $(ldd $programs {{dotnet}}/dotnet {{runtime}}/*.so 2>ldd.errors | grep -o '/[^ :]* (' | cut -d' ' -f1 | sort -u); do
                mkdir -p ".$(dirname "$file")"
                [ -e ".$file" ] || cp -L "$file" ".$file"
            done
            rm ldd.errors
            """);
        File.WriteAllText(Path.Combine(tree, "init"), $"""
            #!/bin/busybox sh
            /bin/busybox mount -t devtmpfs dev /dev
            exec </dev/console >/dev/console 2>&1
            /bin/busybox mount -t proc proc /proc
            /bin/busybox mount -t sysfs sysfs /sys
            /bin/busybox --install -s /bin
            for module in {string.Join(' ', s_modules.Select(module => Path.GetFileName(module)))}; do
                insmod /modules/$module.ko
            done
            grep -q '^8021q ' /proc/modules && echo "has vlans"
            export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TESTINGPLATFORM_TELEMETRY_OPTOUT=1
            dotnet /tests/Zones.Tests.dll --filter-class Zones.Tests.Network.Links.LinkMakingTests --filter-class Zones.Tests.Network.Links.RateLimitsTests --progress off --ansi off
            echo "tests ended with $?"
            poweroff -f

            """);
        File.SetUnixFileMode(Path.Combine(tree, "init"), (UnixFileMode)0x1ED /* 0755 */);
        string initrd = Path.Combine(directory, "initrd");
        GuestImage.Output("sh", "-ec", $"cd {tree} && find . | cpio --quiet -o -H newc > {initrd}");
        return initrd;
    }
}
