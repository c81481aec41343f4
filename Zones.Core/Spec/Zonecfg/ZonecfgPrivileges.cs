using Zones.Security;

namespace Zones.Specs;

/// <summary>Privileges of privileges(7) and capabilities of capabilities(7) that allow the same.</summary>
internal static class ZonecfgPrivileges
{
    /// <summary>A privilege may need several capabilities; of a capability with several privileges, the first one is the way back.</summary>
    private static readonly (string Privilege, string[] Capabilities)[] Same =
    [
        ("file_chown", ["chown"]),
        ("file_dac_write", ["dac_override"]),
        ("file_dac_read", ["dac_read_search"]),
        ("file_dac_search", ["dac_read_search"]),
        ("file_dac_execute", ["dac_read_search"]),
        ("file_owner", ["fowner"]),
        ("file_setid", ["fsetid"]),
        ("proc_owner", ["kill"]),
        ("proc_setid", ["setuid", "setgid"]),
        ("proc_chroot", ["sys_chroot"]),
        ("proc_priocntl", ["sys_nice"]),
        ("proc_prioup", ["sys_nice"]),
        ("proc_lock_memory", ["ipc_lock"]),
        ("proc_audit", ["audit_write"]),
        ("sys_audit", ["audit_control"]),
        ("sys_acct", ["sys_pacct"]),
        ("sys_time", ["sys_time"]),
        ("sys_resource", ["sys_resource"]),
        ("sys_mount", ["sys_admin"]),
        ("sys_ip_config", ["net_admin"]),
        ("sys_net_config", ["net_admin"]),
        ("sys_dl_config", ["net_admin"]),
        ("net_rawaccess", ["net_raw"]),
        ("net_icmpaccess", ["net_raw"]),
        ("net_observability", ["net_raw"]),
        ("net_privaddr", ["net_bind_service"]),
        ("ipc_owner", ["ipc_owner"]),
    ];

    private static readonly string[] Everybodys =
        ["proc_fork", "proc_exec", "proc_info", "proc_session", "proc_self", "file_link_any", "file_read", "file_write", "net_access", "sys_ib_info", "proc_clock_highres"];

    /// <summary>The capabilities of a privilege or a set of them, or why there is none.</summary>
    public static (IReadOnlyList<string> Meant, string? Why) Capabilities(string privilege) =>
        privilege is "default" or "basic" or "none" ? ([privilege], null)
        : Same.FirstOrDefault(same => same.Privilege == privilege) is { Capabilities: { } capabilities } ? (capabilities, null)
        : CapabilityNames.NumberOf(privilege) >= 0 ? ([privilege], null)
        : Everybodys.Contains(privilege) ? ([], $"no equivalent: Linux has no capability for what '{privilege}' allows; every process may")
        : ([], $"no equivalent: no capability of Linux allows what '{privilege}' does");

    /// <summary>The privilege of a capability, a word that means a set, or null.</summary>
    public static string? Back(string capability) =>
        capability is "default" or "basic" or "none" ? capability : Same.FirstOrDefault(same => same.Capabilities[0] == capability).Privilege;
}
