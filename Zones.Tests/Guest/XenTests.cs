using Zones.Roots;

namespace Zones.Tests.Guest;

/// <summary>Domains under a real Xen, which runs in an emulated machine: the library's command and zoned in domain 0 build them, PV and PVH, diskless over the
/// library's own NFS server there.</summary>
public sealed class XenTests(XenTests.Domain0 host) : IClassFixture<XenTests.Domain0>
{
    private const string Script = "xen.sh";

    public static TheoryData<string> Checks => GuestChecks.Names(Script);

    [Theory]
    [MemberData(nameof(Checks))]
    public void Under_xen(string check) => host.AssertOk(check);

    public sealed class Domain0() : GuestChecks(Script, mebibytes: 2048, systemd: false)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

        protected override async Task<IReadOnlyList<string>> RunAsync()
        {
            XenImage image = XenImage.Get();
            string directory = Directory.CreateTempSubdirectory("zones-xen-").FullName;
            try
            {
                (string disk, string initrd) = image.Prepare(directory, Script);

                // Emulated whatever the processor has: a hypervisor in a virtual machine is another thing to have there. With more than this of a processor
                // domain 0 crashes; without svm and npt there is no PVH.
                return await VirtualMachine.RunAsync(
                    [
                        "-M", "pc,accel=tcg", "-cpu", "qemu64,+svm,+npt", "-smp", "2", "-m", "2048",
                        "-kernel", image.Hypervisor, "-append", "console=com1 com1=115200,8n1 dom0_mem=1024M,max:1024M dom0_max_vcpus=1 bootscrub=0 loglvl=error guest_loglvl=error",
                        "-initrd", $"{image.Kernel} console=hvc0 rdinit=/init quiet,{initrd}",
                        "-drive", $"id=disk,file={disk},format=raw,if=none", "-device", "virtio-blk-pci,drive=disk",
                    ],
                    Patience);
            }
            finally
            {
                TreeRemover.Remove(directory);
            }
        }
    }
}
