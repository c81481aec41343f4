using Zones.Boot;
using Zones.Cgroups;
using Zones.Interop;
using Zones.Roots;
using Zones.Specs;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Hosting;

/// <summary>Runs commands inside running zones.</summary>
internal sealed class CommandRunner(HostContext context, Lifecycle lifecycle)
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40); // a timer waits for no more than 49
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command to its end and collects what it prints.</summary>
    public Task<ExecResult> RunAsync(string name, ExecRequest request, CancellationToken cancellationToken) =>
        CollectedCommand.RunAsync(() => StartAsync(name, request, cancellationToken), process => process.Kill(), request, cancellationToken);

    /// <summary>Starts a command; returns when it has been executed.</summary>
    /// <exception cref="ZoneException"><see cref="ZoneException.Operation"/> is <c>execute</c> when the program could not be.</exception>
    public async Task<RunningCommand> StartAsync(string name, ExecRequest request, CancellationToken cancellationToken)
    {
        if (request.Command.Count == 0)
        {
            throw new ArgumentException("the command is empty", nameof(request));
        }

        string[] words = [.. request.Command, request.User ?? "", request.WorkingDirectory ?? "", .. request.Environment.Keys, .. request.Environment.Values];
        if (words.Any(SpecPath.UnfitForArgument) || request.Environment.Keys.Any(name => name.Length == 0 || name.Contains('=', StringComparison.Ordinal)))
        {
            throw new ArgumentException("what a command is given is text without NUL, and a variable's name is not empty and has no =", nameof(request));
        }

        if (request is { Io: ExecIo.Detached, Timeout: not null })
        {
            throw new ArgumentException("nobody waits for a detached command, so that nobody could keep its time; run it with timeout(1) of the zone's", nameof(request));
        }

        if (request.Timeout is { } time && (time <= TimeSpan.Zero || time > LongestTimeout))
        {
            throw new ArgumentException($"a timeout of {time} is none that is kept; give more than 0 and at most {LongestTimeout.Days} days, or none", nameof(request));
        }

        context.Running(name);
        KeeperConnection keeper = await lifecycle.KeeperAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Start(name, request), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // It has kept zoned from ending; nothing was claimed on it.
            context.Zoned.Return(keeper);
        }
    }

    private RunningCommand Start(string name, ExecRequest request)
    {
        using System.Diagnostics.Activity? activity = Telemetry.Start("exec", name);
        RunningZone zone = context.Running(name);
        HostContext.RequireRoot();
        RunningCommand command = context.Brand(zone.Spec) is { } brand ? brand.Start(zone, request) : Start(name, zone, request);
        if (request.Timeout is { } timeout)
        {
            command.KillAfter(timeout);
        }

        return command;
    }

    private RunningCommand Start(string name, RunningZone zone, ExecRequest request)
    {
        CommandCgroup? own = request.Timeout is null ? null : CommandCgroup.Make(context.Cgroups, context.CgroupPath(name));
        try
        {
            return Start(name, zone, request, own);
        }
        catch
        {
            // What could not be executed ends a moment after it has said so.
            own?.AwaitEmpty(TimeSpan.FromSeconds(1));
            own?.Dispose();
            throw;
        }
    }

    private RunningCommand Start(string name, RunningZone zone, ExecRequest request, CommandCgroup? own)
    {
        using SafeFd process1 = zone.Process.Open()
            ?? throw new ZoneStateException($"{name}: process 1 has just ended; boot it again", zone.State) { Zone = name, IsTransient = true };
        ZoneUser user = ZoneUsers.Find($"/proc/{zone.Process.Pid}/root", request.User);
        if (zone.Spec.Security.UserNamespace)
        {
            RequireMapped(name, request.User, user);
        }

        using CgroupHandles cgroup = context.CgroupsOf(name).Open(CgroupPlan.For(zone.Spec, context.Cgroups), InitPrograms.DividesCgroup(zone.Spec) ? zone.Process.Pid : null);
        using CommandDescriptors descriptors = CommandDescriptors.Make(request.Io, (zone.IdBase + user.Uid, zone.IdBase + user.Gid), () => ZoneLog.Require(context.State, name, zone.IdBase));
        (SpawnReply child, SafeFd exitRead) = ZoneChild.Start(
            context.Zoned,
            (report, exit) => ExecProgram.Compose(new ExecPlan
            {
                Spec = zone.Spec,
                Request = request,
                UserNamespace = zone.Spec.Security.UserNamespace,
                Process1 = process1,
                Confinement = context.Confinement(zone.Spec),
                Cgroup = own?.Directory ?? cgroup.Directory,
                CgroupTasks = cgroup.Tasks,
                Report = report,
                Exit = exit,
                Input = descriptors.Input,
                Output = descriptors.Output,
                Error = descriptors.Error,
                Terminal = descriptors.TerminalSend,
                User = user.Uid,
                Group = user.Gid,
                Groups = user.Groups,
                UserName = user.Name,
                Home = user.Home,
                Shell = user.Shell,
                Generation = zone.Generation,
            }),
            Patience,
            (what, errno) => Failure(name, request, what, errno));
        descriptors.CloseTheirs();
        JoinNewLimits(name, zone.Spec);
        Log.CommandStarted(context.Logger, name, child.Pid, request.Command[0]);
        ProcessIdentity identity = new(child.Pid, child.StartTicks, ProcessIdentity.CurrentBoot);
        return new RunningCommand(child.Pid, identity.Open(), exitRead, descriptors.TakeOurs(), descriptors.ReceiveTerminal()) { Own = own };
    }

    /// <summary>The kernel would say EINVAL, of whichever call comes first.</summary>
    /// <exception cref="ZoneException">An id of the user is none in the zone.</exception>
    private static void RequireMapped(string name, string? asked, ZoneUser user)
    {
        foreach ((string what, uint id) in user.Groups.Select(group => ("group", group)).Prepend(("group", user.Gid)).Prepend(("user", user.Uid)))
        {
            if (id >= IdWindow.Size)
            {
                throw new ZoneException($"{name}: user: {asked}: the {what} {id} has no mapping in the zone, whose ids are 0 to {IdWindow.Size - 1}") { Zone = name, Operation = "exec", Errno = Linux.EINVAL };
            }
        }
    }

    /// <summary>The zone may have got limits in further version 1 hierarchies after its spec was read.</summary>
    private void JoinNewLimits(string name, ZoneSpec known)
    {
        if (context.Cgroups.Legacy.Count > 0 && context.Catalogue.Find(name) is { } row && context.InForce(row) is var now && !now.Equals(known))
        {
            new LimitChange(context.Cgroups, context.CgroupPath(name)).Join(CgroupPlan.For(now, context.Cgroups));
        }
    }

    private static ZoneException Failure(string name, ExecRequest request, string what, int errno)
    {
        string reason = KernelError.Describe(errno);
        return what == ExecProgram.ExecuteLabel
            ? new ZoneException($"{name}: {request.Command[0]}: cannot execute: {reason}") { Zone = name, Operation = "execute", Errno = errno, Path = request.Command[0] }
            : new ZoneException($"{name}: cannot {what}: {reason}") { Zone = name, Operation = "exec", Errno = errno };
    }
}
