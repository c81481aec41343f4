namespace Zones.Security;

/// <content>The calls, by what they need.</content>
internal static partial class DefaultPolicy
{
    /// <summary>Calls for everybody: what programs need, and what the kernel itself checks well in every namespace. ptrace(2) and its
    /// kin are here because from kernel 4.8 a tracer cannot take its tracee past the filter.</summary>
    private const string Everybody = """
        accept accept4 access adjtimex alarm arch_prctl bind brk cachestat capget capset chdir chmod chown clock_adjtime
        clock_getres clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3
        epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit
        exit_group faccessat faccessat2 fadvise64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchownat
        fcntl fdatasync fgetxattr file_getattr file_setattr flistxattr flock fork fremovexattr fsetxattr fstat fstatfs fsync
        ftruncate futex futex_requeue futex_wait futex_waitv futex_wake futimesat get_mempolicy get_robust_list getcpu getcwd
        getdents getdents64 getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp getpid getppid getpriority
        getrandom getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr
        getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents
        io_pgetevents io_setup io_submit ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset
        landlock_restrict_self lchown lgetxattr link linkat listen listmount listxattr listxattrat llistxattr lremovexattr
        lseek lsetxattr lsm_get_self_attr lsm_list_modules lsm_set_self_attr lstat madvise map_shadow_stack mbind membarrier
        memfd_create memfd_secret mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mprotect mq_getsetattr
        mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock
        munlockall munmap name_to_handle_at nanosleep newfstatat open openat openat2 pause pidfd_getfd pidfd_open
        pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64
        process_madvise process_mrelease process_vm_readv process_vm_writev pselect6 ptrace pwrite64 pwritev pwritev2 read
        readahead readlink readlinkat readv recvfrom recvmmsg recvmsg remap_file_pages removexattr removexattrat rename
        renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
        rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity
        sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam
        sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop sendfile sendmmsg sendmsg sendto
        set_mempolicy set_mempolicy_home_node set_robust_list set_tid_address setfsgid setfsuid setgid setgroups setitimer
        setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid setxattr setxattrat
        shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 socketpair splice stat statfs statmount statx
        symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun
        timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink
        unlinkat uprobe uretprobe utime utimensat utimes vfork wait4 waitid write writev
        """;

    /// <summary>Calls that the kernel has no more, or never had on x86-64: it says ENOSYS, and so does the filter.</summary>
    private const string Gone = """
        _sysctl afs_syscall create_module epoll_ctl_old epoll_wait_old get_kernel_syms get_thread_area getpmsg lookup_dcookie
        nfsservctl putpmsg query_module security set_thread_area tuxcall uselib vserver
        """;

    /// <summary>io_uring takes open, connect, ioctl-like and other operations from shared memory, where no filter sees them, and has
    /// had many of the kernel's holes. ENOSYS makes programs use what they used before it.</summary>
    private const string Uring = "io_uring_setup io_uring_enter io_uring_register";

    /// <summary>Calls that a capability opens. What is in no list of this file is refused with EPERM: kexec, swap, modify_ldt (16-bit
    /// segments), keyrings (add_key, request_key, keyctl), userfaultfd and vmsplice (both make kernel races winnable), sysfs, ustat.</summary>
    private static readonly (string Capability, string Calls)[] ByCapability =
    [
        ("sys_admin", """
            clone clone3 fanotify_init fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr
            pivot_root quotactl quotactl_fd setdomainname sethostname setns umount2 unshare
            """),
        ("bpf", "bpf"),
        ("dac_read_search", "open_by_handle_at"),
        ("perfmon", "perf_event_open"),
        ("sys_boot", "reboot"),
        ("sys_chroot", "chroot"),
        ("sys_module", "delete_module finit_module init_module"),
        ("sys_nice", "migrate_pages move_pages"),
        ("sys_pacct", "acct"),
        ("sys_ptrace", "kcmp"),
        ("sys_rawio", "ioperm iopl"),
        ("sys_time", "clock_settime settimeofday"),
        ("sys_tty_config", "vhangup"),
        ("syslog", "syslog"),
    ];
}
