using System.Diagnostics;
using System.Globalization;

namespace Zones.Benchmarks;

/// <summary>A domain beside the same machine from the same files by QEMU's command typed by hand, over the same NFS server.</summary>
internal static class DomainBoots
{
    /// <summary>A boot takes seconds: few of them say enough.</summary>
    private const int Samples = 7;

    private const int Domains = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<Row[]> BesideHandAsync(Subject subject)
    {
        ZoneSpec spec = Spec(subject, "bench-domain");
        Zone domain = await subject.Host.CreateAsync(spec);
        await domain.InstallAsync();

        // The command is read from a machine that runs, and stays the same; its files are those of a domain that is ready.
        await domain.BootAsync();
        string[] command = Command((await domain.InfoAsync()).Pid!.Value);
        (double unpacking, long size) = await InitialRootAsync(subject, domain);
        await domain.HaltAsync();
        Zone files = await subject.Host.CreateAsync(spec with { Zone = "bench-files" });
        await files.InstallAsync();
        await files.ReadyAsync();
        string directory = Path.Combine((await files.InfoAsync()).Zonepath, "root/domain");
        (Samples Ours, Samples ByHand) measured = await Zones.Benchmarks.Samples.InTurnsAsync(Samples, TimeSpan.Zero, () => subject.BootAsync(domain.Name), () => ByHandAsync(command, directory), compile: false);
        await files.HaltAsync();
        return
        [
            Row.Compare("build and boot a domain to its init (emulated: TCG, unless the host has KVM); its files and server there, QEMU's command by hand", measured, 1.05, "≤ 1.05 × by hand"),
            new("initial root of a domain; unpacking it, by the kernel's clock, of the boot to init", $"{size >> 10} KiB", string.Create(CultureInfo.InvariantCulture, $"{unpacking:0} of {measured.Ours.Median:0} ms"), unpacking / measured.Ours.Median, "", null),
        ];
    }

    /// <summary>Ready is what is built before anything runs.</summary>
    public static async Task<Row[]> FiftyAsync(Subject subject)
    {
        Samples first = new(), others = new();
        List<Zone> domains = [];
        string store = Path.Combine(subject.State, "domains");
        for (int i = 0; i < Domains; i++)
        {
            Zone domain = await subject.Host.CreateAsync(Spec(subject, string.Create(CultureInfo.InvariantCulture, $"bench-{i}")));
            await domain.InstallAsync();
            domains.Add(domain);
        }

        if (Directory.Exists(store))
        {
            Directory.Delete(store, recursive: true); // what other measurements have made
        }

        foreach (Zone domain in domains)
        {
            (domain == domains[0] ? first : others).Add(await Zones.Benchmarks.Samples.TimeAsync(() => domain.ReadyAsync()));
        }

        int made = Directory.GetFiles(store).Count(file => !Path.GetFileName(file).Contains('+', StringComparison.Ordinal)); // with a + it is a domain's link to one of them
        foreach (Zone domain in domains)
        {
            await domain.DeleteAsync(force: true);
        }

        return
        [
            new(string.Create(CultureInfo.InvariantCulture, $"ready: boot files of {Domains} domains with one kernel and root: each but the first; the first, which makes what they share and starts the server"), others.ToString(), first.ToString(), others.Median / first.Median, "", null),
            new("files made for all of them: a kernel, and the common part of the initial root", string.Create(CultureInfo.InvariantCulture, $"{made}"), "", null, "2", made == 2),
        ];
    }

    private static ZoneSpec Spec(Subject subject, string name) => new()
    {
        Zone = name,
        Brand = ZoneBrand.Domain,
        Root = ZoneRoot.Directory(GuestKernel.Root(subject.Settings)) with { Type = RootType.Whole },
        Domain = new() { Kernel = GuestKernel.Package(subject.Settings) },
        CappedMemory = new(DataSize.MiB(256)),
        Init = ["/bin/sleep", "infinity"],
    };

    /// <summary>Of QEMU, which is the child of process 1.</summary>
    private static string[] Command(int carrier)
    {
        string child = File.ReadAllText($"/proc/{carrier}/task/{carrier}/children").Trim();
        return File.ReadAllText($"/proc/{child}/cmdline").Split('\0')[..^1];
    }

    /// <summary>From the start of QEMU until init runs inside, milliseconds.</summary>
    private static async Task<double> ByHandAsync(string[] command, string directory)
    {
        string status = Path.Combine(directory, "status");
        File.Delete(status);

        // In a session of its own, as the carrier's is: on a busy host the scheduler shares by sessions (autogroups, sched(7)).
        ProcessStartInfo start = new("setsid", command.Select(argument => argument.Replace("/domain/", directory + "/", StringComparison.Ordinal)))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        long begun = Stopwatch.GetTimestamp();
        using Process qemu = Process.Start(start)!;
        qemu.OutputDataReceived += (_, _) => { };
        qemu.BeginOutputReadLine();
        try
        {
            while (!File.Exists(status) || !File.ReadAllText(status).Contains("running", StringComparison.Ordinal))
            {
                if (qemu.HasExited || Stopwatch.GetElapsedTime(begun) > Patience)
                {
                    throw new InvalidOperationException("the machine started by hand did not come to its init");
                }

                await Task.Delay(1);
            }

            return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }
        finally
        {
            qemu.Kill();
            await qemu.WaitForExitAsync();
        }
    }

    /// <summary>How long the kernel unpacked by its own clock, milliseconds, and how large the file is.</summary>
    private static async Task<(double Unpacking, long Size)> InitialRootAsync(Subject subject, Zone domain)
    {
        long size = new FileInfo(Path.Combine((await domain.InfoAsync()).Zonepath, "root/domain/initrd")).Length;
        string[] log = (await subject.Host.ExecAsync(domain.Name, new ExecRequest(["dmesg"]))).StandardOutput.Split('\n');
        double Time(string text) => double.Parse(Array.Find(log, line => line.Contains(text, StringComparison.Ordinal))!.Split('[', ']')[1], CultureInfo.InvariantCulture) * 1000;
        return (Time("Freeing initrd memory") - Time("Trying to unpack rootfs"), size);
    }
}
