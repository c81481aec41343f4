using System.Diagnostics;
using Zones.Domains.Brand;
using Zones.Domains.Build;
using Zones.Hosting;
using Zones.Wire;

namespace Zones.Tests.Domains;

/// <summary>How long a boot is waited for, by what it shows meanwhile. The stages of a real one are in <see cref="BringUpTests"/>.</summary>
public sealed class BootWatchTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private readonly TemporaryDirectory _directory = new();

    private string Console => Path.Combine(_directory.Path, "console");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_kernel_that_goes_on_printing_and_never_runs_init_is_given_up_too()
    {
        string problem = Fails("while :; do echo still at it; sleep 0.05; done >> \"$0\"");
        Assert.Contains("init does not run after 5 s; its console ends:\n  still at it", problem);
    }

    [Fact]
    public void One_that_prints_and_then_stops_is_given_up_sooner() =>
        Assert.Contains("has said nothing for 1 s and init does not run; its console ends:\n  the last", Fails("echo the last >> \"$0\"; exec sleep 100"));

    [Fact]
    public void One_that_says_why_it_cannot_is_believed() =>
        Assert.Equal("d1: the domain cannot boot: no root; its console is empty", Fails("exec sleep 100", GuestSettings.Failed + "no root"));

    [Fact]
    public void One_that_ends_is_not_waited_for() =>
        Assert.Contains("the domain's kernel has ended before init ran; its console ends:\n  bye", Fails("echo bye >> \"$0\""));

    /// <summary>What is said of a machine that never says that its init runs.</summary>
    private string Fails(string machine, params string[] status)
    {
        File.WriteAllText(Console, "");
        string seen = Console + ".seen";
        using Process process = Process.Start("sh", ["-c", "until [ -e \"$0.seen\" ]; do sleep 0.02; done; " + machine, Console]);
        try
        {
            BootWatch watch = new("d1", "QEMU", Look, Console, Bound);
            return Assert.Throws<ZoneResourceException>(() => watch.Await(new(process.Id, ProcFiles.StartTicks(process.Id), ProcessIdentity.CurrentBoot), CancellationToken.None)).Message;
        }
        finally
        {
            process.Kill();
        }

        // What was on the console before is another boot's, so nothing is printed before the first look.
        string[] Look()
        {
            File.WriteAllText(seen, "");
            return status;
        }
    }
}
