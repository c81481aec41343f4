using Zones.Boot;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Tests.Boot;

/// <summary>The order of a boot's steps, without root: a program is composed and never executed.</summary>
public sealed class BootProgramTests
{
    private static readonly ZoneSpec s_spec = new() { Zone = "web1", Init = ["/bin/sh"] };

    [Fact]
    public void IdMapsComeBeforeEveryMount()
    {
        ProgramWriter program = Compose(s_spec);
        Assert.Equal(["write the user id map", "write the group id map", "open the user namespace"], program.Outside.Labels.Take(3));
    }

    [Fact]
    public void SharedTreesAreReadOnlyBeforeAnybodyCanSeeThem()
    {
        ProgramWriter program = Compose(s_spec);
        List<string> labels = [.. program.Outside.Labels];
        int attributes = labels.IndexOf("root: share /usr");
        int mounted = labels.LastIndexOf("root: mount /usr");
        Assert.InRange(attributes, 0, mounted - 1);
        Assert.Equal(Linux.MountSetattr, program.Outside.Steps[attributes + 1].Number);
    }

    [Fact]
    public void NothingIsMountedInsideBeforeTheMountsAreCopied()
    {
        ProgramWriter program = Compose(s_spec);
        List<string> labels = [.. program.Inside.Labels];
        int unshared = labels.IndexOf("make the mount and cgroup namespaces");
        int copied = labels.IndexOf("say that the mounts are copied");
        Assert.Equal(unshared + 1, copied);
        for (int i = 0; i < copied; i++)
        {
            Assert.NotEqual(Linux.Mount, program.Inside.Steps[i].Number);
        }
    }

    [Fact]
    public unsafe void ProcIsMountedWhileTheOldRootIsStillThere()
    {
        ProgramWriter program = Compose(s_spec);
        List<string> labels = [.. program.Inside.Labels];
        Assert.InRange(labels.IndexOf("mount proc on /proc"), labels.IndexOf("pivot into the root"), labels.IndexOf("detach the old root"));
    }

    [Fact]
    public void ExecveIsTheLastStepAndTheFilterTheLastBeforeIt()
    {
        ProgramWriter program = Compose(s_spec);
        ReadOnlySpan<Step> steps = program.Inside.Steps;
        Assert.Equal(Linux.Execve, steps[^1].Number);
        Assert.Equal(StepOp.Reap, steps[^2].Op);
        Assert.Equal(Linux.Seccomp, steps[^3].Number);
        Assert.Equal(Linux.Prctl, steps[^4].Number);
    }

    [Fact]
    public void WithoutNoNewPrivsTheFilterIsSetWhileTheCapabilityToDoSoIsThere()
    {
        ProgramWriter program = Compose(s_spec with { Security = new() { NoNewPrivs = false } });
        List<string> labels = [.. program.Inside.Labels];
        Assert.True(labels.IndexOf("install the seccomp filter") < labels.IndexOf("set the capabilities"));
        Assert.DoesNotContain("set no_new_privs", labels);
    }

    [Fact]
    public void AZoneWithoutInitStaysAsProcess1()
    {
        ProgramWriter program = Compose(s_spec with { Init = null });
        Assert.Equal(StepOp.Reap, program.Inside.Steps[^1].Op);
        Assert.DoesNotContain("init: execute", program.Inside.Labels[^1]);
    }

    [Fact]
    public void InitInExecModeHasNoReaper()
    {
        ProgramWriter program = Compose(s_spec, reaper: false);
        Assert.DoesNotContain("start init", program.Inside.Labels);
    }

    [Fact]
    public void OnlyAnInitThatDividesTheCgroupIsGivenIt()
    {
        const string given = "init: delegate the cgroup", mounted = "mount cgroup2 on /sys/fs/cgroup";
        ProgramWriter program = Compose(s_spec);
        Assert.DoesNotContain(given, program.Outside.Labels);
        Assert.DoesNotContain(mounted, program.Inside.Labels);
        program = Compose(s_spec, reaper: false, delegates: true);
        Assert.Contains(given, program.Outside.Labels);
        Assert.Contains(mounted, program.Inside.Labels);
    }

    [Fact]
    public void AStrictRootIsReadOnlyAndOneWritableBootIsNot()
    {
        ZoneSpec strict = s_spec with { Root = ZoneRoot.Host() with { FileMacProfile = FileMacProfile.Strict } };
        Assert.True(PrivateIsReadOnly(Compose(strict)));
        Assert.False(PrivateIsReadOnly(Compose(strict, writable: true)));
        Assert.False(PrivateIsReadOnly(Compose(s_spec)));
    }

    [Fact]
    public void FreedRegistersAreUsedAgain()
    {
        ProgramWriter program = Compose(s_spec with { Fs = [.. Enumerable.Range(0, 20).Select(i => new ZoneFs($"/srv/{i}", "/srv"))] }, fsTrees: 20);
        Assert.True(program.Outside.Count > 60);
    }

    [Fact]
    public void ANameThatIsTooLongForAMessageIsRefusedNotCut()
    {
        ProgramWriter program = new();
        program.Text(new string('x', SpawnRequest.MaxBytes));
        ZoneException error = Assert.Throws<ZoneException>(() => program.Finish(default));
        Assert.Contains("the most is", error.Message);
    }

    private static unsafe bool PrivateIsReadOnly(ProgramWriter program)
    {
        int step = program.Outside.Labels.ToList().IndexOf("root: set the private root's mount attributes");
        byte[] message = program.Finish(default);
        int blob = message.Length - BitConverter.ToInt32(message, Offset(nameof(SpawnRequest.BlobLength)));
        int data = blob + (int)program.Outside.Steps[step].A[3];
        return (BitConverter.ToUInt64(message, data) & Linux.MOUNT_ATTR_RDONLY) != 0;
    }

    private static int Offset(string field) => (int)System.Runtime.InteropServices.Marshal.OffsetOf<SpawnRequest>(field);

    private static ProgramWriter Compose(ZoneSpec spec, bool reaper = true, bool writable = false, int fsTrees = 0, bool delegates = false)
    {
        SafeFd Some() => new(1_000_000 + Random.Shared.Next(1_000_000));
        BootPlan plan = new()
        {
            Spec = spec,
            IdBase = 0x100000,
            Private = Some(),
            Shared = [new(Some(), "/usr")],
            FsTrees = [.. Enumerable.Range(0, fsTrees).Select(_ => Some())],
            Confinement = new(0xff, new byte[8], spec.Security.NoNewPrivs, []),
            Cgroup = Some(),
            Log = Some(),
            Report = Some(),
            Generation = 1,
            Command = spec.Init,
            ReaperIsProcess1 = reaper,
            Writable = writable,
            DelegatesCgroup = delegates,
        };
        return BootProgram.Compose(plan).Program;
    }
}
