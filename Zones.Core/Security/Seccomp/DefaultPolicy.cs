using Zones.Wire;

namespace Zones.Security;

/// <summary>The filter of a zone that names none: a list of what is allowed, in the spirit of the container engines' default.
/// Calls of kernels to come answer ENOSYS, so that libraries fall back; known calls that are refused answer EPERM.</summary>
internal static partial class DefaultPolicy
{
    private const int Eafnosupport = 97;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET (clone(2)).
    private const uint NewNamespaces = 0x7E02_0000;

    // unshare(2) takes CLONE_NEWTIME too; for clone(2) that bit belongs to the exit signal.
    private const uint NewTimeNamespace = 0x80;

    private const uint AfNetlink = 16;
    private const uint AfAlg = 38;
    private const uint AfVsock = 40;
    private const uint NetlinkAudit = 9;
    private const uint Tiocsti = 0x5412;
    private const uint Tioclinux = 0x541C;

    // PER_LINUX, PER_LINUX32, UNAME26 and both, and the question what it is (personality(2)); not ADDR_NO_RANDOMIZE or
    // READ_IMPLIES_EXEC, which undo the hardening of programs that come after.
    private static readonly uint[] HarmlessPersonalities = [0, 0x8, 0x20000, 0x20008, uint.MaxValue];

    /// <summary>The policy for processes with at most these capabilities.</summary>
    /// <param name="granted">The zone's capabilities.</param>
    public static SyscallPolicy For(CapabilitySet granted)
    {
        SyscallPolicy policy = new(SeccompAction.Errno(Linux.ENOSYS));
        foreach ((int number, _) in SyscallTable.All())
        {
            policy[number] = new(SeccompAction.Errno(Linux.EPERM));
        }

        Set(policy, Everybody, SeccompAction.Allow);
        Set(policy, Gone, SeccompAction.Errno(Linux.ENOSYS));
        Set(policy, Uring, SeccompAction.Errno(Linux.ENOSYS));
        Arguments(policy, granted);
        foreach ((string capability, string calls) in ByCapability)
        {
            if (granted.Contains(capability))
            {
                Set(policy, calls, SeccompAction.Allow);
            }
        }

        return policy;
    }

    private static void Arguments(SyscallPolicy policy, CapabilitySet granted)
    {
        SeccompAction refused = SeccompAction.Errno(Linux.EPERM);
        SeccompAction noFamily = SeccompAction.Errno(Eafnosupport);

        // New namespaces bring new capabilities with them, and these the parts of the kernel where holes are. What clone3(2) is
        // asked lies in memory, where a filter cannot look; glibc then uses clone(2).
        Set(policy, "clone", new SyscallVerdict(refused, [new(SeccompAction.Allow, [ArgumentTest.Without(0, NewNamespaces)])]));
        Set(policy, "unshare", new SyscallVerdict(refused, [new(SeccompAction.Allow, [ArgumentTest.Without(0, NewNamespaces | NewTimeNamespace)])]));
        Set(policy, "clone3", SeccompAction.Errno(Linux.ENOSYS));

        Set(policy, "personality", new SyscallVerdict(
            refused, [.. HarmlessPersonalities.Select(persona => new SyscallRule(SeccompAction.Allow, [ArgumentTest.Is(0, persona)]))]));

        // Typing into, and pasting at, the terminal of whoever logged in to the zone from outside.
        Set(policy, "ioctl", new SyscallVerdict(
            SeccompAction.Allow, [new(refused, [ArgumentTest.Is(1, Tiocsti)]), new(refused, [ArgumentTest.Is(1, Tioclinux)])]));

        // vsock leads to the hypervisor past every network namespace; AF_ALG to kernel code that programs do without. Without the
        // capability to write to the audit log, login programs are told that there is none rather than that they may not.
        SyscallRule noAlg = new(noFamily, [ArgumentTest.Is(0, AfAlg)]);
        SyscallRule noVsock = new(noFamily, [ArgumentTest.Is(0, AfVsock)]);
        SyscallRule noAudit = new(SeccompAction.Errno(Linux.EINVAL), [ArgumentTest.Is(0, AfNetlink), ArgumentTest.Is(2, NetlinkAudit)]);
        Set(policy, "socket", new SyscallVerdict(SeccompAction.Allow, granted.Contains("audit_write") ? [noAlg, noVsock] : [noAlg, noVsock, noAudit]));
    }

    private static void Set(SyscallPolicy policy, string calls, SeccompAction action) => Set(policy, calls, new SyscallVerdict(action));

    private static void Set(SyscallPolicy policy, string calls, SyscallVerdict verdict)
    {
        foreach (string call in calls.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            policy[SyscallTable.TryNumber(call, out int number) ? number : throw new ArgumentException($"'{call}' is not a call", nameof(calls))] = verdict;
        }
    }
}
