namespace Zones.Security;

/// <summary>The capabilities of linux/capability.h up to CAP_CHECKPOINT_RESTORE (kernel 5.9), the last one there is.</summary>
internal static class CapabilityNames
{
    /// <summary>Names as in capabilities(7), lower case without <c>cap_</c>, indexed by number.</summary>
    public static readonly string[] All =
    [
        "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
        "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
        "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
        "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
        "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
        "checkpoint_restore",
    ];

    /// <summary>The number of a capability, or -1.</summary>
    /// <param name="name">In lower case, without <c>cap_</c>.</param>
    public static int NumberOf(ReadOnlySpan<char> name)
    {
        for (int number = 0; number < All.Length; number++)
        {
            if (name.SequenceEqual(All[number]))
            {
                return number;
            }
        }

        return -1;
    }
}
