using Zones.Security;
using Zones.Wire;

namespace Zones.Boot;

/// <summary>The last steps of every process of a zone, the same for init and for commands: limits, a keyring and a session of
/// its own, the user, capabilities and the system-call filter, in the order in which each still may be set.</summary>
internal static class Confine
{
    private const int BoundingSetEnd = 40; // CAP_CHECKPOINT_RESTORE, the last that kernels know (linux/capability.h)

    /// <summary>A user and a group: in a user namespace that was just entered its root, whose capabilities stay, being the namespace's own.</summary>
    public static void Become(StepList steps, uint user, uint group)
    {
        steps.Call("set the group", Linux.Setresgid, [group, group, group]);
        steps.Call("set the user", Linux.Setresuid, [user, user, user]);
    }

    /// <summary>What no program that is executed later can have: may be said long before the capabilities themselves go.</summary>
    public static void Bound(StepList steps, ProcessConfinement confinement)
    {
        for (int capability = 0; capability <= BoundingSetEnd; capability++)
        {
            if ((confinement.Capabilities & (1UL << capability)) == 0)
            {
                steps.Call("drop a capability from the bounding set", Linux.Prctl, [Linux.PR_CAPBSET_DROP, capability], [Linux.EINVAL]);
            }
        }
    }

    /// <summary>Limits, keyring and session; while the process still has every capability of its user namespace.</summary>
    public static void Prepare(StepList steps, ProgramWriter program, ProcessConfinement confinement)
    {
        foreach (ProcessLimit limit in confinement.Limits)
        {
            // A limit above the host's own needs CAP_SYS_RESOURCE there: the zone then keeps what it inherited.
            steps.Call($"rctl: set resource limit {limit.Resource}", Linux.Prlimit64, [0, limit.Resource, program.Words([limit.Soft, limit.Hard]), 0], [Linux.EPERM]);
        }

        steps.Call("join a new session keyring", Linux.Keyctl, [Linux.KEYCTL_JOIN_SESSION_KEYRING, 0], [Linux.ENOSYS, Linux.EPERM]);
        steps.Call("set the umask", Linux.Umask, [0x12 /* 022 */]);
    }

    /// <summary>Standard descriptors 0 to 2.</summary>
    public static void StandardDescriptors(StepList steps, Argument input, Argument output, Argument error)
    {
        steps.Call("set standard input", Linux.Dup3, [input, 0, 0]);
        steps.Call("set standard output", Linux.Dup3, [output, 1, 0]);
        steps.Call("set standard error", Linux.Dup3, [error, 2, 0]);
    }

    /// <summary>The user, capabilities and the filter: nothing but execve may follow.</summary>
    public static void Drop(StepList steps, ProgramWriter program, ProcessConfinement confinement, uint user, uint group, IReadOnlyList<uint> groups)
    {
        if (!confinement.NoNewPrivs)
        {
            // Without no_new_privs only CAP_SYS_ADMIN may set a filter, so it comes before the capabilities go.
            Filter(steps, program, confinement);
        }

        steps.Call("clear the ambient capabilities", Linux.Prctl, [Linux.PR_CAP_AMBIENT, Linux.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0], [Linux.EINVAL]);
        byte[] list = new byte[groups.Count * sizeof(uint)];
        for (int i = 0; i < groups.Count; i++)
        {
            BitConverter.TryWriteBytes(list.AsSpan(i * sizeof(uint)), groups[i]);
        }

        steps.Call("set the groups", Linux.Setgroups, [groups.Count, program.Data(list)]);
        Become(steps, user, group);

        // A user that is not root keeps nothing, whatever securebits and inheritable set the process came with.
        ulong kept = user == 0 ? confinement.Capabilities : 0;
        steps.Call("set the capabilities", Linux.Capset, [program.Words([Linux.CapabilityVersion3]), Sets(program, kept & uint.MaxValue, kept >> 32)]);
        if (confinement.NoNewPrivs)
        {
            steps.Call("set no_new_privs", Linux.Prctl, [Linux.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]);
            Filter(steps, program, confinement);
        }
    }

    /// <summary>Two struct __user_cap_data_struct: effective, permitted, inheritable, 32 bits each.</summary>
    private static Argument Sets(ProgramWriter program, ulong low, ulong high) =>
        program.Words([low | (low << 32), high << 32, high]);

    private static void Filter(StepList steps, ProgramWriter program, ProcessConfinement confinement)
    {
        if (confinement.Filter is { } filter)
        {
            steps.Call("install the seccomp filter", Linux.Seccomp, [Linux.SECCOMP_SET_MODE_FILTER, 0, program.Filter(filter)]);
        }
    }
}
