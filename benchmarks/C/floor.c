// The floor: what the kernel alone needs for a zone. This program makes the system calls of one boot, as the library,
// zoned and process 1 make them together, and nothing else: no spec, no catalogue, no runtime. What BootAsync takes
// above these numbers is ours.
//
//   floor [-k] [-j HIERARCHY,...] COUNT PACE-MS ROOT PROGRAM [ARGUMENT...]
//
// Boots PROGRAM, which has to end by itself unless -k keeps all of them until the end of standard input, COUNT times with a pause before each; COUNT 0 boots once for every line on
// standard input, so that a caller can boot in turns with something else. ROOT is made if need be: the private part of
// a sparse root over the host's own directories. -j names the v1 hierarchies to join. Prints a line a boot:
// milliseconds to the first instruction of PROGRAM (seen as the end of file of a close-on-exec pipe), and until
// everything is gone again.
//
// The roles are those of the product: the manager stays in the host's mount namespace, opens the trees and makes the
// cgroup; the spawner lives in a small mount namespace on a tmpfs, so that clones copy few mounts, and gets
// descriptors over a Unix socket.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// linux/mount.h and sys/mount.h do not agree with each other in every C library; the few calls needed are declared here.
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);
#define DETACH 2

enum { ID_BASE = 1000000, SHARED_MAX = 12, JOIN_MAX = 8 };

static const char *const inherited[] = {"usr", "lib", "lib32", "lib64", "libx32", "bin", "sbin", "etc/alternatives", "etc/ssl/certs"};
static const struct { const char *name; int minor; int major; } nodes[] = {
    {"null", 3, 1}, {"zero", 5, 1}, {"full", 7, 1}, {"random", 8, 1}, {"urandom", 9, 1}, {"tty", 0, 5},
};
static const struct { const char *name, *target; } dev_links[] = {
    {"ptmx", "pts/ptmx"}, {"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
};
static const char *masked[] = {
    "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
    "/proc/scsi", "/sys/firmware",
};
static const char *read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

static const int limits[] = {
    RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS, RLIMIT_MSGQUEUE, RLIMIT_NICE,
    RLIMIT_RTPRIO, RLIMIT_RTTIME,
};

static const char *shared[SHARED_MAX]; // names of inherited that are directories on this host
static int shared_count;
static struct rlimit limit_values[LENGTH(limits)];
static char **program;
static int keep;

static void die(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    _exit(1);
}

static int check(int result, const char *what)
{
    if (result < 0)
        die(what);
    return result;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void write_file(const char *path, const char *text)
{
    int fd = check(open(path, O_WRONLY | O_CLOEXEC), path);
    check(write(fd, text, strlen(text)), path);
    close(fd);
}

static int open_tree_of(const char *path)
{
    return check(syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), path);
}

static void move_to(int tree, const char *path)
{
    check(syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH), path);
}

// ---- process 1 ----

static void mount_own(const char *type, const char *target, unsigned long flags, const char *data)
{
    check(mount(type, target, type, flags, data), target);
}

static int masked_directory[LENGTH(masked)];

static void hide_and_protect(void)
{
    const unsigned long plain = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    for (size_t i = 0; i < LENGTH(read_only); i++) {
        if (!read_only[i])
            continue;
        check(mount(read_only[i], read_only[i], NULL, MS_BIND | MS_REC, NULL), read_only[i]);
        check(mount(NULL, read_only[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | plain, NULL), read_only[i]);
    }
    for (size_t i = 0; i < LENGTH(masked); i++) {
        if (!masked[i])
            continue;
        if (masked_directory[i])
            check(mount("tmpfs", masked[i], "tmpfs", MS_RDONLY | plain, "size=0k,nr_inodes=2"), masked[i]);
        else
            check(mount("/dev/null", masked[i], NULL, MS_BIND, NULL), masked[i]);
    }
}

// A zone's /proc and /sys have the files that the host's have: looked up once, not tried at every boot.
static void look_up(void)
{
    struct stat s;
    for (size_t i = 0; i < LENGTH(read_only); i++)
        if (stat(read_only[i], &s) < 0)
            read_only[i] = NULL;
    for (size_t i = 0; i < LENGTH(masked); i++)
        if (stat(masked[i], &s) < 0)
            masked[i] = NULL;
        else
            masked_directory[i] = S_ISDIR(s.st_mode);
}

static void bring_loopback_up(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int s = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    check(ioctl(s, SIOCSIFFLAGS, &lo), "lo up");
    close(s);
}

// As many instructions as a usual profile has: the kernel checks and translates each of them.
static void filter_calls(void)
{
    enum { REFUSED = 48 };
    struct sock_filter code[REFUSED * 2 + 5];
    int n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < REFUSED; i++) {
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1000 + i, 0, 1);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {.len = n, .filter = code};
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "seccomp");
}

static void become_root(void)
{
    check(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
    check(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
}

static void drop_privileges(void)
{
    // The fourteen that container runtimes leave by default.
    uint64_t keep = 1ULL << CAP_CHOWN | 1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_FSETID | 1ULL << CAP_FOWNER | 1ULL << CAP_MKNOD |
                    1ULL << CAP_NET_RAW | 1ULL << CAP_SETGID | 1ULL << CAP_SETUID | 1ULL << CAP_SETFCAP | 1ULL << CAP_SETPCAP |
                    1ULL << CAP_NET_BIND_SERVICE | 1ULL << CAP_SYS_CHROOT | 1ULL << CAP_KILL | 1ULL << CAP_AUDIT_WRITE;
    for (int c = 0; c <= CAP_CHECKPOINT_RESTORE; c++)
        if (!(keep >> c & 1))
            check(prctl(PR_CAPBSET_DROP, c, 0, 0, 0), "bounding set");
    check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
    check(syscall(SYS_setgroups, 0, NULL), "setgroups");
    become_root();
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{keep, keep, 0}, {keep >> 32, keep >> 32, 0}};
    check(syscall(SYS_capset, &header, data), "capset");
}

static void process_1(const int *joins, int join_count, int rendezvous, int status)
{
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    // The charges of a process that joins late stay behind: join before anything is allocated.
    for (int i = 0; i < join_count; i++)
        check(write(joins[i], "0", 1), "join");
    write_file("/proc/self/oom_score_adj", "0");
    char c;
    if (read(rendezvous, &c, 1) != 1)
        _exit(1);
    become_root();
    check(unshare(CLONE_NEWNS | CLONE_NEWCGROUP), "unshare");
    check(write(rendezvous, "c", 1), "copied");
    check(mount("/stage", "/stage", NULL, MS_BIND | MS_REC, NULL), "bind root");
    check(chdir("/stage"), "/stage");
    check(syscall(SYS_pivot_root, ".", "."), "pivot_root");

    // Before the old root goes: without a full /proc and /sys in sight the kernel mounts no other in a user namespace.
    mount_own("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mount_own("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL);
    mount_own("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mount_own("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m");
    mount_own("mqueue", "/dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mount_own("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755,size=20%");
    mount_own("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777,size=50%");
    check(umount2(".", DETACH), "old root");
    check(chdir("/"), "/");
    hide_and_protect();

    check(sethostname("floor", 5), "sethostname");
    bring_loopback_up();
    for (size_t i = 0; i < LENGTH(limits); i++)
        check(setrlimit(limits[i], &limit_values[i]), "limit");
    check(syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL), "session keyring");
    umask(022);
    int null = check(open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null");
    check(dup3(null, 0, 0) | dup3(null, 1, 0), "standard descriptors"); // 2 stays, for die
    setsid();
    drop_privileges();
    filter_calls();

    // The reaper that stays process 1 runs init as its child.
    pid_t init = vfork();
    check(init, "vfork");
    if (init == 0) {
        setsid();
        execv(program[0], program);
        die(program[0]);
    }
    close(status);
    int result;
    while (waitpid(-1, &result, 0) != init)
        ;
    _exit(WIFEXITED(result) ? WEXITSTATUS(result) : 1);
}

// ---- the spawner ----

static int receive(int channel, int *fds, int count)
{
    char byte, control[CMSG_SPACE(sizeof(int) * (SHARED_MAX + 2 + JOIN_MAX))];
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int got = check(recvmsg(channel, &message, MSG_CMSG_CLOEXEC), "recvmsg");
    if (got == 1)
        memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int) * count);
    return got;
}

static void attach(int tree, int stage, const char *name)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int at = check(syscall(SYS_openat2, stage, name, &how, sizeof how), name);
    check(syscall(SYS_move_mount, tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), name);
    close(at);
}

static void set_attributes(int tree, uint64_t attributes, int user)
{
    struct mount_attr set = {.attr_set = attributes | (user >= 0 ? MOUNT_ATTR_IDMAP : 0), .userns_fd = user >= 0 ? user : 0};
    check(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &set, sizeof set), "mount attributes");
}

// Real nodes, which a user namespace could not make, owned by the zone's root.
static void stage_dev(int stage)
{
    static const char *const directories[] = {"pts", "shm", "mqueue"};
    int context = check(syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), "fsopen");
    check(syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "mode", "0755", 0), "fsconfig");
    check(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "fsconfig");
    int dev = check(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC), "fsmount");
    close(context);
    for (size_t i = 0; i < LENGTH(directories); i++)
        check(mkdirat(dev, directories[i], 0755), directories[i]);
    for (size_t i = 0; i < LENGTH(nodes); i++) {
        check(mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), nodes[i].name);
        check(fchownat(dev, nodes[i].name, ID_BASE, ID_BASE, AT_SYMLINK_NOFOLLOW), nodes[i].name);
    }
    for (size_t i = 0; i < LENGTH(dev_links); i++)
        check(symlinkat(dev_links[i].target, dev, dev_links[i].name), dev_links[i].name);
    check(fchownat(dev, "", ID_BASE, ID_BASE, AT_EMPTY_PATH), "dev");
    attach(dev, stage, "dev");
    close(dev);
}

static void boot(int channel, const int *fds, int join_count)
{
    int root = fds[0], cgroup = fds[1];
    const int *trees = fds + 2, *joins = fds + 2 + shared_count;
    int rendezvous[2], status[2], pidfd = -1;
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, rendezvous), "socketpair");
    check(pipe2(status, O_CLOEXEC), "pipe");

    struct clone_args a = {
        .flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_PIDFD | CLONE_INTO_CGROUP | CLONE_CLEAR_SIGHAND,
        .pidfd = (uint64_t)(uintptr_t)&pidfd,
        .cgroup = cgroup,
        .exit_signal = SIGCHLD,
    };
    pid_t pid = check(syscall(SYS_clone3, &a, sizeof a), "clone3");
    if (pid == 0) {
        close(rendezvous[0]);
        process_1(joins, join_count, rendezvous[1], status[1]);
    }
    close(status[1]);
    close(rendezvous[1]);

    char path[64], map[64];
    snprintf(map, sizeof map, "0 %d 65536\n", ID_BASE);
    snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
    write_file(path, map);
    snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
    write_file(path, map);
    snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
    int user = check(open(path, O_RDONLY | O_CLOEXEC), path);

    set_attributes(root, MOUNT_ATTR_NODEV, -1);
    move_to(root, "/stage");
    for (int i = 0; i < shared_count; i++) {
        set_attributes(trees[i], MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, user);
        attach(trees[i], root, shared[i]);
    }
    stage_dev(root);
    check(write(rendezvous[0], "g", 1), "go");
    char c;
    if (read(rendezvous[0], &c, 1) != 1)
        die("process 1 ended");
    check(umount2("/stage", DETACH), "stage");

    check(read(status[0], &c, 1), "status"); // nobody writes: the end of file is the exec
    check(write(channel, "b", 1), "reply");
    int result = 0;
    if (!keep)
        check(waitpid(pid, &result, 0), "waitpid");
    if (result != 0) {
        fprintf(stderr, "floor: %s ended with wait status %d\n", program[0], result);
        _exit(1);
    }
    close(user), close(pidfd), close(rendezvous[0]), close(status[0]);
    for (int i = 0; i < 2 + shared_count + join_count; i++)
        close(fds[i]);
    check(write(channel, "e", 1), "reply");
}

static void spawner(int channel, int join_count)
{
    int proc = open_tree_of("/proc"), sys = open_tree_of("/sys");
    check(unshare(CLONE_NEWNS), "unshare");
    check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
    check(mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID, "mode=755"), "base");
    check(chdir("/tmp"), "base");
    check(mkdir("proc", 0755) | mkdir("sys", 0755) | mkdir("stage", 0755), "base");
    move_to(proc, "proc");
    move_to(sys, "sys");
    check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    check(umount2(".", DETACH), "old root");
    check(chdir("/"), "/");
    close(proc), close(sys);
    umask(0);

    int fds[SHARED_MAX + 2 + JOIN_MAX];
    while (receive(channel, fds, 2 + shared_count + join_count) == 1)
        boot(channel, fds, join_count);
    _exit(0);
}

// ---- the manager ----

static void make_root(const char *root)
{
    static const char *const own[] = {"proc", "sys", "dev", "run", "tmp", "etc", "etc/ssl"};
    char inside[4096], outside[32], target[4096];
    if (mkdir(root, 0755) < 0 && errno != EEXIST)
        die(root);
    check(chown(root, ID_BASE, ID_BASE), root);
    for (size_t i = 0; i < LENGTH(own) + LENGTH(inherited); i++) {
        const char *name = i < LENGTH(own) ? own[i] : inherited[i - LENGTH(own)];
        snprintf(inside, sizeof inside, "%s/%s", root, name);
        snprintf(outside, sizeof outside, "/%s", name);
        ssize_t length = i < LENGTH(own) ? -1 : readlink(outside, target, sizeof target - 1);
        if (length >= 0) {
            target[length] = 0;
            if (symlink(target, inside) < 0 && errno != EEXIST)
                die(inside);
            continue;
        }
        if (i >= LENGTH(own)) {
            if (access(outside, F_OK) < 0)
                continue;
            shared[shared_count++] = name;
        }
        if (mkdir(inside, 0755) < 0 && errno != EEXIST)
            die(inside);
        check(chown(inside, ID_BASE, ID_BASE), inside);
    }
}

static void send_fds(int channel, const int *fds, int count)
{
    char control[CMSG_SPACE(sizeof(int) * (SHARED_MAX + 2 + JOIN_MAX))] = {0};
    struct iovec data = {"", 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
    check(sendmsg(channel, &message, 0), "sendmsg");
}

static void expect(int channel, char what)
{
    char c;
    if (read(channel, &c, 1) != 1 || c != what) {
        fprintf(stderr, "floor: the spawner ended\n");
        _exit(1);
    }
}

static void boot_and_print(int channel, const char *root, const char *base, int number, char *const *join_dirs, int join_count)
{
    int fds[SHARED_MAX + 2 + JOIN_MAX], n = 0;
    char path[256], cgroup[160];
    double start = now_ms();
    snprintf(cgroup, sizeof cgroup, keep ? "%s/%d" : "%s", base, number);
    check(mkdir(cgroup, 0755), cgroup);
    fds[n++] = open_tree_of(root);
    fds[n++] = check(open(cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC), cgroup);
    for (int i = 0; i < shared_count; i++) {
        snprintf(path, sizeof path, "/%s", shared[i]);
        fds[n++] = open_tree_of(path);
    }
    for (int i = 0; i < join_count; i++) {
        check(mkdir(join_dirs[i], 0755), join_dirs[i]);
        snprintf(path, sizeof path, "%s/tasks", join_dirs[i]);
        fds[n++] = check(open(path, O_WRONLY | O_CLOEXEC), path);
    }
    send_fds(channel, fds, n);
    expect(channel, 'b');
    double booted = now_ms();
    for (int i = 0; i < n; i++)
        close(fds[i]);
    expect(channel, 'e');
    if (!keep)
        check(rmdir(cgroup), cgroup);
    for (int i = 0; i < join_count; i++)
        check(rmdir(join_dirs[i]), join_dirs[i]);
    printf("%.3f %.3f\n", booted - start, now_ms() - start);
    fflush(stdout);
}

// What -k kept, and the cgroups.
static void kill_all(const char *base, int count)
{
    char path[192], events[64] = "populated 1";
    snprintf(path, sizeof path, "%s/cgroup.kill", base);
    write_file(path, "1");
    snprintf(path, sizeof path, "%s/cgroup.events", base);
    while (strstr(events, "populated 1")) {
        usleep(10000);
        int file = check(open(path, O_RDONLY | O_CLOEXEC), path);
        check(read(file, events, sizeof events - 1), path);
        close(file);
    }
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%d", base, i);
        check(rmdir(path), path);
    }
    check(rmdir(base), base);
}

int main(int argc, char **argv)
{
    char *join_dirs[JOIN_MAX], *list = NULL, cgroup[128];
    int join_count = 0, option;
    while ((option = getopt(argc, argv, "+kj:")) != -1) {
        if (option == 'j')
            list = optarg;
        else if (option == 'k')
            keep = 1;
        else
            return 2;
    }
    if (argc - optind < 4 || (keep && list)) {
        fprintf(stderr, "usage: floor [-k] [-j HIERARCHY,...] COUNT PACE-MS ROOT PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    for (char *name = list ? strtok(list, ",") : NULL; name && join_count < JOIN_MAX; name = strtok(NULL, ","))
        check(asprintf(&join_dirs[join_count++], "/sys/fs/cgroup/%s/floor-%d", name, getpid()), "memory");
    int count = atoi(argv[optind]), pace = atoi(argv[optind + 1]);
    const char *root = argv[optind + 2];
    program = argv + optind + 3;
    make_root(root);
    look_up();
    for (size_t i = 0; i < LENGTH(limits); i++)
        check(getrlimit(limits[i], &limit_values[i]), "limit");
    snprintf(cgroup, sizeof cgroup, "/sys/fs/cgroup/%sfloor-%d", access("/sys/fs/cgroup/cgroup.controllers", F_OK) ? "unified/" : "", getpid());

    if (keep)
        check(mkdir(cgroup, 0755), cgroup);

    int channel[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), "socketpair");
    pid_t child = check(fork(), "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(channel[0]);
        spawner(channel[1], join_count);
    }
    close(channel[1]);

    char line[64];
    int i;
    for (i = 0; count == 0 ? fgets(line, sizeof line, stdin) != NULL : i < count; i++) {
        if (pace)
            usleep(pace * 1000);
        boot_and_print(channel[0], root, cgroup, i, join_dirs, join_count);
    }
    if (keep)
        kill_all(cgroup, i);
    close(channel[0]);
    check(waitpid(child, NULL, 0), "waitpid");
    return 0;
}
