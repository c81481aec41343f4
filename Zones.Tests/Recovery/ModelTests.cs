using CsCheck;
using Zones.Tests.Support;

namespace Zones.Tests.Recovery;

/// <summary>Random operations by three managers in turn, one of them the command, beside a model of two zones that knows nothing of the library's table of states:
/// what the model refuses is refused, and after each operation every manager finds the states that the model has.</summary>
public sealed class ModelTests
{
    private static readonly string[] Names = ["a", "b"];

    private enum Step { Install, Boot, Ready, Halt, Reboot, Shutdown, Uninstall, Clone, Move, Detach, Attach, MarkIncomplete, MarkUnavailable, MarkInstalled, Update, Exec }

    private static readonly Gen<(Step Step, int Zone, int Manager)[]> Operations =
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, Names.Length - 1], Gen.Int[0, 2]).Array[45];

    [Fact]
    public Task What_three_managers_do_in_turn_is_what_the_model_says() => Operations.SampleAsync(async operations =>
    {
        await using TestHost test = new();
        await using IZoneHost second = test.Open();
        Manager[] managers = [new InProcess(test.Host), new InProcess(second), new ByCommand(new ZoneCli(test.State))];
        Dictionary<string, Model> models = [];
        foreach (string name in Names)
        {
            await test.Host.CreateAsync(TestHost.Spec(name));
            models[name] = new(ZoneState.Configured, Detached: false);
        }

        int places = 0;
        foreach ((Step step, int zone, int manager) in operations)
        {
            string name = Names[zone], other = Names[1 - zone];
            Model before = models[name];
            Model? after = before.After(step, models[other]);
            bool done = await managers[manager].TryAsync(step, name, other, Path.Combine(test.State, "moved", $"{name}{++places}"));
            Assert.True(done == after is not null, $"{step} of {name} in {before}, by {managers[manager].GetType().Name}, the other in {models[other]}: {(done ? "done" : "refused")}");
            models[name] = after ?? before;
            foreach (string each in Names)
            {
                Assert.Equal((step, each, models[each].State), (step, each, (await second.InfoAsync(each)).State));
                await Scenes.AssertRightAsync(test, each);
            }
        }
    }, iter: 4, threads: 1);

    /// <summary>A zone as zoneadm(8) has it.</summary>
    /// <param name="State">Its state.</param>
    /// <param name="Detached">Whether its files lie beside a manifest, where no others may be put.</param>
    private sealed record Model(ZoneState State, bool Detached)
    {
        private bool Up => State is ZoneState.Running;

        private bool IsInstalled => State is ZoneState.Installed;

        /// <summary>How it is after an operation; null when that is refused.</summary>
        public Model? After(Step step, Model other) => step switch
        {
            Step.Install => State == ZoneState.Configured && !Detached ? In(ZoneState.Installed) : null,
            Step.Clone => State == ZoneState.Configured && !Detached && other.IsInstalled ? In(ZoneState.Installed) : null,
            Step.Attach => (State == ZoneState.Configured && Detached) || State == ZoneState.Unavailable ? new(ZoneState.Installed, Detached: false) : null,
            Step.Boot => IsInstalled || Up || State == ZoneState.Ready ? In(ZoneState.Running) : null,
            Step.Ready => IsInstalled || Up || State == ZoneState.Ready ? In(ZoneState.Ready) : null,
            Step.Halt or Step.Shutdown => IsInstalled || Up || State == ZoneState.Ready ? In(ZoneState.Installed) : null,
            Step.Reboot => Up ? this : null,
            Step.Exec => Up ? this : null,
            Step.Uninstall => IsInstalled || State is ZoneState.Incomplete or ZoneState.Unavailable ? In(ZoneState.Configured) : null,
            Step.Move => IsInstalled ? this : null,
            Step.Detach => IsInstalled ? new(ZoneState.Configured, Detached: true) : null,
            Step.MarkIncomplete => IsInstalled || State == ZoneState.Unavailable ? In(ZoneState.Incomplete) : null,
            Step.MarkUnavailable => IsInstalled || State == ZoneState.Unavailable ? In(ZoneState.Unavailable) : null,
            Step.MarkInstalled => IsInstalled || State == ZoneState.Unavailable ? In(ZoneState.Installed) : null,
            _ => State == ZoneState.Incomplete ? null : this,
        };

        private Model In(ZoneState state) => this with { State = state };
    }

    /// <summary>Whoever does something to the zones.</summary>
    private abstract class Manager
    {
        /// <returns>Whether it was done; false when it was refused.</returns>
        public abstract Task<bool> TryAsync(Step step, string name, string other, string place);
    }

    private sealed class InProcess(IZoneHost host) : Manager
    {
        public override async Task<bool> TryAsync(Step step, string name, string other, string place)
        {
            try
            {
                await (step switch
                {
                    Step.Install => host.InstallAsync(name),
                    Step.Boot => host.BootAsync(name),
                    Step.Ready => host.ReadyAsync(name),
                    Step.Halt => host.HaltAsync(name),
                    Step.Reboot => host.RebootAsync(name),
                    Step.Shutdown => host.ShutdownAsync(name),
                    Step.Uninstall => host.UninstallAsync(name),
                    Step.Clone => host.CloneAsync(name, other),
                    Step.Move => host.MoveAsync(name, place),
                    Step.Detach => host.DetachAsync(name),
                    Step.Attach => host.AttachAsync(name),
                    Step.MarkIncomplete => host.MarkAsync(name, ZoneState.Incomplete),
                    Step.MarkUnavailable => host.MarkAsync(name, ZoneState.Unavailable),
                    Step.MarkInstalled => host.MarkAsync(name, ZoneState.Installed),
                    Step.Update => UpdateAsync(name),
                    _ => host.ExecAsync(name, new ExecRequest(["true"])),
                });
                return true;
            }
            catch (ZoneException e) when (e is ZoneStateException or ZoneSpecException)
            {
                return false;
            }
        }

        private async Task UpdateAsync(string name)
        {
            Zone zone = await host.GetAsync(name);
            await zone.UpdateAsync(spec => spec with { MaxProcesses = spec.MaxProcesses is 200 ? 300 : 200 });
        }
    }

    private sealed class ByCommand(ZoneCli zone) : Manager
    {
        public override async Task<bool> TryAsync(Step step, string name, string other, string place)
        {
            (int code, string output, string error) = await zone.RunAsync(step switch
            {
                Step.Uninstall => ["uninstall", "-F", name],
                Step.Clone => ["clone", name, other],
                Step.Move => ["move", name, place],
                Step.MarkIncomplete => ["mark", name, "incomplete"],
                Step.MarkUnavailable => ["mark", name, "unavailable"],
                Step.MarkInstalled => ["mark", name, "installed"],
                Step.Update => ["set", name, "max-processes=250"],
                Step.Exec => ["exec", name, "--", "true"],
                _ => [step.ToString().ToLowerInvariant(), name],
            });
            Assert.True(code is 0 or 1 or 125, $"{step} of {name}: status {code}: {output}{error}");
            return code == 0;
        }
    }
}
