# Run as process 1 of a guest whose only cgroups are version 2: a zone whose init is systemd, over a Debian.
. /opt/checks.sh
insmod() { /opt/busybox insmod "$1"; }

insmod /opt/overlay.ko
insmod /opt/fuse.ko
cat >/tmp/system.yaml <<'Y'
zone: system
root: { source: /srv/debian, type: whole }
init: [/sbin/init]
capped-memory: 256M
capped-cpu: 1
Y

group() { echo /sys/fs/cgroup/zones/*/system; }
inside() { zone exec system -- "$@"; }

boots() {
    local state
    zone launch -f /tmp/system.yaml || return
    for attempt in $(seq 100); do
        state=$(inside systemctl is-system-running)
        [[ $state == running || $state == degraded ]] && break
        sleep 0.5
    done
    [[ $state == running ]] || { echo "is '$state'"; inside systemctl --no-pager --failed; inside systemctl --no-pager list-jobs; return 1; }
}
check 'a Debian with systemd as init boots to running' boots

divides() {
    inside grep -qx '0::/init.scope' /proc/self/cgroup && grep -q memory "$(group)/cgroup.subtree_control" && [[ -e $(group)/system.slice/systemd-journald.service/memory.current ]]
}
check 'it divides its cgroup, controllers too' divides

limits() {
    is "$(inside sed -n 's/^MemTotal: *//p' /proc/meminfo)" '262144 kB' && is "$(inside getconf _NPROCESSORS_ONLN)" 1 || return
    ! inside sh -c 'echo max >/sys/fs/cgroup/memory.max' && is "$(cat "$(group)/memory.max")" 268435456
}
check 'it sees its own limits and cannot change them' limits

ends() {
    zone shutdown system && is "$(zone list -c -p | cut -d: -f3)" installed && zone events | grep -q 'signal 2' && zone delete -F system && ! ls -d "$(group)"
}
check 'it shuts down when it is asked to' ends

the_end
