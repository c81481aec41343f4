// What the kernel alone needs for a zone's network stack: this program sends the netlink messages that the library
// sends for a zone with one anet on a bridge, and nothing else. Outside: look the bridge up, then a veth pair whose one
// end is made in the zone's namespace, and the host's end named, kept without an address of IPv6, made a port, and brought up;
// before that, in one nf_tables transaction, the zone's elements in the sets of link protection and of the rules, with
// one rule that names the zone. Inside: lo up, the link
// kept without an address of IPv6, an address, the link up, the default route.
//
//   stack COUNT [MOST]
//
// Does so COUNT times; with COUNT 0 once for every line on standard input, so that a caller can do it in turns with
// something else. Everything happens in network namespaces of the program's own. Prints a line each time:
// milliseconds from the first call until the stack is usable, and until it is gone again. With MOST it makes another
// stack each time, in another namespace, and keeps all of them; there are MOST rules then, one for each, from the start.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BRIDGE = 50, FIRST_HOST_END = 0x40000001, ZONE_END = 32, BATCH = 4096 };

#define TABLE "zones-bench"
#define HOST_END (FIRST_HOST_END + which)

// Of the stack at hand; 0 but with MOST.
static int which;

// One socket for all transactions: to close one makes the kernel wait until what was removed is out of use.
static int firewall;

// Messages behind one another, as they are sent.
static struct { char bytes[BATCH]; unsigned length, message, count; } batch;

static long check(long result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "stack: %s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void append(const void *bytes, unsigned length)
{
    struct nlmsghdr *header = (struct nlmsghdr *)(batch.bytes + batch.message);
    memcpy(batch.bytes + batch.length, bytes, length);
    batch.length += NLMSG_ALIGN(length);
    header->nlmsg_len = batch.length - batch.message;
}

static void begin(int type, int flags)
{
    struct nlmsghdr header = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags, .nlmsg_seq = ++batch.count};
    batch.message = batch.length;
    append(&header, sizeof header);
}

static unsigned attribute(int type, const void *payload, unsigned length)
{
    struct rtattr header = {.rta_type = type, .rta_len = RTA_LENGTH(length)};
    unsigned at = batch.length;
    append(&header, sizeof header);
    if (length > 0)
        append(payload, length);
    return at;
}

static void text(int type, const char *value) { attribute(type, value, strlen(value) + 1); }
static void number(int type, int value) { attribute(type, &value, sizeof value); }

static void end(unsigned nest)
{
    ((struct rtattr *)(batch.bytes + nest))->rta_len = batch.length - nest;
}

static void change_link(int index, int flags)
{
    struct ifinfomsg link = {.ifi_index = index, .ifi_flags = flags, .ifi_change = flags};
    begin(RTM_NEWLINK, 0);
    append(&link, sizeof link);
}

static int open_route(void)
{
    int on = 1, room = 8 << 20, fd = check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket");
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    return fd;
}

// Sends the batch and reads an answer for each message; the index of the link that was asked for, if one was.
static int execute(int fd)
{
    char answer[32 * 1024];
    unsigned acknowledged = 0;
    int index = 0;
    check(send(fd, batch.bytes, batch.length, 0), "send");
    while (acknowledged < batch.count) {
        long length = check(recv(fd, answer, sizeof answer, 0), "recv");
        for (struct nlmsghdr *header = (struct nlmsghdr *)answer; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
            if (header->nlmsg_type == RTM_NEWLINK)
                index = ((struct ifinfomsg *)NLMSG_DATA(header))->ifi_index;
            if (header->nlmsg_type != NLMSG_ERROR)
                continue;
            errno = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
            acknowledged++;
            if (errno != 0) {
                char what[64];
                snprintf(what, sizeof what, "message %u of %u", header->nlmsg_seq, batch.count);
                check(-1, what);
            }
        }
    }
    batch.length = batch.message = batch.count = 0;
    return index;
}

static void address(int link, uint32_t bytes)
{
    struct ifaddrmsg header = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = link};
    begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    append(&header, sizeof header);
    attribute(IFA_LOCAL, &bytes, sizeof bytes);
    attribute(IFA_ADDRESS, &bytes, sizeof bytes);
}

static void number_be(int type, uint32_t value)
{
    value = htonl(value);
    attribute(type, &value, sizeof value);
}

// The ends of a transaction (from NFNL_MSG_BATCH_BEGIN on) are nfnetlink's, what is between them nf_tables'.
static void nft(int message, int flags, int family, const char *table_or_null)
{
    struct nfgenmsg header = {.nfgen_family = family, .res_id = htons(message < NFNL_MSG_BATCH_BEGIN ? 0 : NFNL_SUBSYS_NFTABLES)};
    begin(message < NFNL_MSG_BATCH_BEGIN ? NFNL_SUBSYS_NFTABLES << 8 | message : message, flags);
    append(&header, sizeof header);
    if (table_or_null != NULL)
        text(NFTA_TABLE_NAME, table_or_null); // 1, as in messages about sets, chains and elements
}

static const char *host_name(void)
{
    static char name[IFNAMSIZ];
    memset(name, 0, sizeof name);
    snprintf(name, sizeof name, "z%d.0", which + 1);
    return name;
}

static const char *rule_name(void)
{
    static char name[32];
    snprintf(name, sizeof name, "to/zone/bench%d", which);
    return name;
}

static uint32_t own_address(void) { return htonl((10 << 24) + (7 << 16) + 2 + which); }

static const char *own_mac(void)
{
    static char mac[6] = {2};
    mac[4] = (which + 2) >> 8;
    mac[5] = which + 2;
    return mac;
}

static void batch_begin(void) { nft(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NULL); }

// Of a transaction only failures are told, but for the one message that asks: the last.
static void batch_end(int fd)
{
    nft(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NULL);
    for (unsigned at = 0, left = batch.count; at < batch.length; at += NLMSG_ALIGN(((struct nlmsghdr *)(batch.bytes + at))->nlmsg_len)) {
        struct nlmsghdr *header = (struct nlmsghdr *)(batch.bytes + at);
        header->nlmsg_flags = left-- == 2 ? header->nlmsg_flags | NLM_F_ACK : header->nlmsg_flags & ~NLM_F_ACK;
    }
    batch.count = 1;
    execute(fd);
}

static void set(int family, const char *name, int key_length, int is_verdict_map)
{
    static uint32_t id;
    nft(NFT_MSG_NEWSET, NLM_F_CREATE, family, TABLE);
    text(NFTA_SET_NAME, name);
    number_be(NFTA_SET_FLAGS, is_verdict_map ? NFT_SET_MAP : 0);
    number_be(NFTA_SET_KEY_TYPE, 0);
    number_be(NFTA_SET_KEY_LEN, key_length);
    if (is_verdict_map)
        number_be(NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
    number_be(NFTA_SET_ID, ++id);
}

static void element(int message, int family, const char *name, const void *key, unsigned length, const char *chain)
{
    nft(message, message == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0, family, TABLE);
    text(NFTA_SET_ELEM_LIST_SET, name);
    unsigned list = attribute(NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED, NULL, 0), one = attribute(NFTA_LIST_ELEM | NLA_F_NESTED, NULL, 0);
    unsigned keys = attribute(NFTA_SET_ELEM_KEY | NLA_F_NESTED, NULL, 0);
    attribute(NFTA_DATA_VALUE, key, length);
    end(keys);
    if (chain != NULL) {
        unsigned data = attribute(NFTA_SET_ELEM_DATA | NLA_F_NESTED, NULL, 0), verdict = attribute(NFTA_DATA_VERDICT | NLA_F_NESTED, NULL, 0);
        number_be(NFTA_VERDICT_CODE, NFT_JUMP);
        text(NFTA_VERDICT_CHAIN, chain);
        end(verdict);
        end(data);
    }
    end(one);
    end(list);
}

// What is there before any zone: the tables, their sets, the chain of the rule.
static void make_tables(int rules)
{
    static const char *const ports[] = {"filtered-ports", "ip-ports", "mac-ports"};
    firewall = check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "socket");
    batch_begin();
    nft(NFT_MSG_NEWTABLE, NLM_F_CREATE, NFPROTO_BRIDGE, TABLE);
    nft(NFT_MSG_NEWTABLE, NLM_F_CREATE, NFPROTO_INET, TABLE);
    for (int i = 0; i < 3; i++)
        set(NFPROTO_BRIDGE, ports[i], IFNAMSIZ, 0);
    set(NFPROTO_BRIDGE, "addresses4", IFNAMSIZ + 4, 0);
    set(NFPROTO_BRIDGE, "macs", IFNAMSIZ + 8, 0);
    set(NFPROTO_BRIDGE, "own4", IFNAMSIZ + 12, 0);
    set(NFPROTO_INET, "filtered4", 4, 0);
    set(NFPROTO_INET, "to-zone4", 4, 1);
    batch_end(firewall);
    for (which = rules; which-- > 0;) {
        batch_begin();
        nft(NFT_MSG_NEWCHAIN, NLM_F_CREATE, NFPROTO_INET, TABLE);
        text(NFTA_CHAIN_NAME, rule_name());
        batch_end(firewall);
    }
    which = 0;
}

static void change_elements(int message)
{
    char port[IFNAMSIZ], address_of_port[IFNAMSIZ + 4], mac_of_port[IFNAMSIZ + 8] = {0}, both_of_port[IFNAMSIZ + 12];
    uint32_t own = own_address();
    memcpy(port, host_name(), IFNAMSIZ);
    memcpy(address_of_port, host_name(), IFNAMSIZ);
    memcpy(mac_of_port, host_name(), IFNAMSIZ);
    memcpy(address_of_port + IFNAMSIZ, &own, sizeof own);
    memcpy(mac_of_port + IFNAMSIZ, own_mac(), 6);
    memcpy(both_of_port, mac_of_port, sizeof mac_of_port);
    memcpy(both_of_port + sizeof mac_of_port, &own, sizeof own);
    batch_begin();
    element(message, NFPROTO_BRIDGE, "addresses4", address_of_port, sizeof address_of_port, NULL);
    element(message, NFPROTO_BRIDGE, "filtered-ports", port, sizeof port, NULL);
    element(message, NFPROTO_BRIDGE, "ip-ports", port, sizeof port, NULL);
    element(message, NFPROTO_BRIDGE, "mac-ports", port, sizeof port, NULL);
    element(message, NFPROTO_BRIDGE, "macs", mac_of_port, sizeof mac_of_port, NULL);
    element(message, NFPROTO_BRIDGE, "own4", both_of_port, sizeof both_of_port, NULL);
    element(message, NFPROTO_INET, "filtered4", &own, sizeof own, NULL);
    element(message, NFPROTO_INET, "to-zone4", &own, sizeof own, message == NFT_MSG_NEWSETELEM ? rule_name() : NULL);
    batch_end(firewall);
}

// Keeps a link from giving itself an address of fe80::/64.
static void no_link_local(int index)
{
    static const uint8_t none = IN6_ADDR_GEN_MODE_NONE;
    change_link(index, 0);
    unsigned families = attribute(IFLA_AF_SPEC, NULL, 0), v6 = attribute(AF_INET6, NULL, 0);
    attribute(IFLA_INET6_ADDR_GEN_MODE, &none, sizeof none);
    end(v6);
    end(families);
}

static void make_bridge(void)
{
    static const uint8_t no_snooping = 0;
    struct ifinfomsg link = {.ifi_index = BRIDGE};
    int fd = open_route();
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    append(&link, sizeof link);
    text(IFLA_IFNAME, "zbr0");
    attribute(IFLA_ADDRESS, "\x02\0\0\0\0\x01", 6);
    unsigned info = attribute(IFLA_LINKINFO, NULL, 0);
    text(IFLA_INFO_KIND, "bridge");
    unsigned data = attribute(IFLA_INFO_DATA, NULL, 0);
    attribute(IFLA_BR_MCAST_SNOOPING, &no_snooping, sizeof no_snooping);
    end(data);
    end(info);
    address(BRIDGE, inet_addr("10.7.0.1"));
    change_link(BRIDGE, IFF_UP);
    execute(fd);
    close(fd);
}

static void make_outside(int zone)
{
    struct ifinfomsg ours = {.ifi_index = ZONE_END}, host = {.ifi_index = HOST_END}, any = {0};
    int fd = open_route();
    begin(RTM_GETLINK, 0);
    append(&any, sizeof any);
    text(IFLA_IFNAME, "zbr0");
    int bridge = execute(fd);
    close(fd);

    change_elements(NFT_MSG_NEWSETELEM);
    fd = open_route();
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    append(&ours, sizeof ours);
    text(IFLA_IFNAME, "net0");
    attribute(IFLA_ADDRESS, own_mac(), 6);
    number(IFLA_NET_NS_FD, zone);
    unsigned info = attribute(IFLA_LINKINFO, NULL, 0);
    text(IFLA_INFO_KIND, "veth");
    unsigned data = attribute(IFLA_INFO_DATA, NULL, 0);
    unsigned peer = attribute(VETH_INFO_PEER, NULL, 0);
    append(&host, sizeof host);
    text(IFLA_IFNAME, host_name());
    end(peer);
    end(data);
    end(info);

    change_link(HOST_END, 0);
    text(IFLA_IFALIAS, "zone bench net0 0123456789abcdef");
    no_link_local(HOST_END);
    change_link(HOST_END, 0);
    number(IFLA_MASTER, bridge);
    change_link(HOST_END, IFF_UP);
    execute(fd);
    close(fd);
}

static void make_inside(void)
{
    struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST};
    uint32_t gateway = inet_addr("10.7.0.1");
    int fd = open_route();
    change_link(1, IFF_UP);
    no_link_local(ZONE_END);
    address(ZONE_END, own_address());
    change_link(ZONE_END, IFF_UP);
    begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    append(&route, sizeof route);
    number(RTA_TABLE, RT_TABLE_MAIN);
    attribute(RTA_GATEWAY, &gateway, sizeof gateway);
    number(RTA_OIF, ZONE_END);
    execute(fd);
    close(fd);
}

static void remove_outside(void)
{
    struct ifinfomsg host = {.ifi_index = HOST_END};
    int fd = open_route();
    begin(RTM_DELLINK, 0);
    append(&host, sizeof host);
    execute(fd);
    close(fd);
    change_elements(NFT_MSG_DELSETELEM);
}

// Stands for process 1: has the zone's namespace, and sets up what is in it when told.
static void inside(int channel)
{
    char byte = 'r';
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    check(unshare(CLONE_NEWNET), "unshare");
    do
        check(write(channel, &byte, 1), "write");
    while (read(channel, &byte, 1) == 1 && (make_inside(), 1));
    _exit(0);
}

// A process in a namespace that is to be a zone's; both ends of what it is told by.
struct zone { int namespace, channel; pid_t process; };

static struct zone new_zone(void)
{
    int channel[2];
    char path[64], byte;
    struct zone zone;
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel), "socketpair");
    zone.process = check(fork(), "fork");
    if (zone.process == 0) {
        close(channel[0]);
        inside(channel[1]);
    }
    close(channel[1]);
    zone.channel = channel[0];
    check(read(zone.channel, &byte, 1) - 1, "read");
    snprintf(path, sizeof path, "/proc/%d/ns/net", zone.process);
    zone.namespace = check(open(path, O_RDONLY | O_CLOEXEC), path);
    return zone;
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: stack COUNT [MOST]\n");
        return 2;
    }
    int count = atoi(argv[1]), most = argc == 3 ? atoi(argv[2]) : 0;
    char byte = 'r', line[64];
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    check(unshare(CLONE_NEWNET), "unshare");
    make_bridge();
    make_tables(most > 0 ? most : 1);
    struct zone zone = new_zone();
    for (int i = 0; count == 0 ? fgets(line, sizeof line, stdin) != NULL : i < count; i++) {
        if (most > 0 && i > 0) {
            close(zone.namespace); // its process keeps it, until this one ends
            which = i;
            zone = new_zone();
        }
        double start = now_ms();
        make_outside(zone.namespace);
        check(write(zone.channel, &byte, 1), "write");
        check(read(zone.channel, &byte, 1) - 1, "read");
        double usable = now_ms();
        if (most == 0)
            remove_outside();
        printf("%.3f %.3f\n", usable - start, now_ms() - start);
        fflush(stdout);
    }
    close(zone.channel);
    if (most == 0)
        check(waitpid(zone.process, NULL, 0), "waitpid");
    return 0;
}
