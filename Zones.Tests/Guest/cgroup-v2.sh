# Run as process 1 of a guest whose only cgroups are version 2.
. /opt/checks.sh
insmod() { /opt/busybox insmod "$1"; }

group() { echo /sys/fs/cgroup/zones/*/"$1"; }
value() { cat "$(group "$1")/$2"; }

uncapped() {
    zone create free --root host && zone install free && zone boot free && zone stat free --format json >/tmp/stat || return
    sed -n '/"free"/,$p' /tmp/stat | grep -qE '"memory-peak": [0-9]' || { cat /tmp/stat; return 1; }
    zone delete -F free
}
check 'a zone without limits is counted all the same' uncapped

# A zone with every limit that there is.
cat >/tmp/full.yaml <<'Y'
zone: full
root: host
capped-cpu: 0.5
cpu-shares: 50
dedicated-cpu: "1"
capped-memory: { physical: 64M, swap: 0 }
max-processes: 40
rctl: { io.weight: 50, oom-group: false }
Y

limits() {
    zone verify -f /tmp/full.yaml && zone launch -f /tmp/full.yaml || return
    is "$(value full cpu.max)" "50000 100000" && is "$(value full cpu.weight)" 50 && is "$(value full cpuset.cpus)" 1 \
        && is "$(value full memory.max)" 67108864 && is "$(value full memory.swap.max)" 0 && is "$(value full pids.max)" 40
}
check 'limits are written to the files of version 2' limits

born() {
    local pid
    pid=$(zone list --format json | grep -o '"pid": *[0-9]*' | grep -o '[0-9]*$')
    grep -qx "0::/zones/[0-9a-f]*/full" "/proc/$pid/cgroup"
}
check 'process 1 is born into its cgroup' born

memory() {
    zone exec full -- sh -c 'head -c 200M /dev/zero | tail' ; local code=$?
    is "$code" 137 && grep -qE '^oom_kill [1-9]' "$(group full)/memory.events" && is "$(zone exec full -- echo alive)" alive
}
check 'the memory cap kills the hog and leaves the zone alive' memory

processes() {
    zone exec full -- sh -c 'for i in $(seq 100); do sleep 60 & done' ; zone exec full -- true
    [[ $(value full pids.current) -le 40 ]] && grep -qE '^max [1-9]' "$(group full)/pids.events"
}
check 'max-processes stops a fork bomb' processes

processor() {
    zone halt full && zone boot full || return
    zone exec full -- timeout 3 sh -c 'while :; do :; done'
    grep -qE '^nr_throttled [1-9]' "$(group full)/cpu.stat" || { cat "$(group full)/cpu.stat"; return 1; }
}
check 'capped-cpu throttles a spinner' processor

changed() {
    zone set full capped-cpu.ncpus=0.25 cpu-shares=60 max-processes=30 capped-memory.physical=48M dedicated-cpu=0 rctl.io.weight=70 || return
    is "$(value full cpu.max)" "25000 100000" && is "$(value full cpu.weight)" 60 && is "$(value full cpuset.cpus)" 0 && is "$(value full io.weight)" "default 70" \
        && is "$(value full memory.max)" 50331648 && is "$(value full memory.high)" max && is "$(value full pids.max)" 30 || return
    zone unset full cpu-shares dedicated-cpu max-processes rctl.io.weight || return
    is "$(value full cpu.weight)" 100 && is "$(value full cpuset.cpus)" "$(cat /sys/devices/system/cpu/online)" && is "$(value full io.weight)" "default 100" && is "$(value full pids.max)" max || return
    zone set full capped-cpu=0.5 cpu-shares=50 dedicated-cpu=1 max-processes=40 capped-memory.physical=64M rctl.io.weight=50 && is "$(zone list | wc -l)" 1
}
check 'limits of a running zone are changed' changed

refused() {
    local kills attempt
    kills=$(grep '^oom_kill ' "$(group full)/memory.events")
    zone exec full -- perl -e '$x = "x" x (25 << 20); sleep 1000' &
    for attempt in $(seq 100); do
        [[ $(value full memory.current) -gt 41943040 ]] && break
        sleep 0.2
    done
    zone set full capped-memory.physical=24M; is $? 1 || return
    is "$(value full memory.max)" 67108864 && is "$(value full memory.high)" max && is "$(grep '^oom_kill ' "$(group full)/memory.events")" "$kills" && zone halt full && zone boot full
}
check 'a memory cap below what a zone holds is refused and kills nobody' refused

statistics() {
    zone stat full --format json >/tmp/stat || return
    local name
    for name in cpu-seconds memory memory-cap memory-peak processes read-bytes written-bytes cpu-pressure-percent memory-pressure-percent io-pressure-percent out-of-memory-kills; do
        sed -n '/"full"/,$p' /tmp/stat | grep -qE "\"$name\": [0-9]" || { echo "no $name"; cat /tmp/stat; return 1; }
    done
}
check 'stat has every figure' statistics

inside() {
    zone exec full -- sh -c 'cat /proc/self/cgroup' | grep -qx '0::/' && ! zone exec full -- sh -c 'echo 1 > /sys/fs/cgroup/cgroup.procs'
}
check 'a zone sees its own cgroup as the root and cannot leave it' inside

frozen() {
    echo 1 >"$(group full)/cgroup.freeze" && zone halt full && ! ls -d /sys/fs/cgroup/zones/*/full
}
check 'a frozen zone is halted' frozen

stubborn() {
    zone boot full && zone exec full -- sh -c "trap '' TERM INT HUP; (while :; do sleep 1; done) & (while :; do sleep 1; done) & sleep 1000" &
    local attempt
    for attempt in $(seq 100); do
        [[ $(zone exec full -- sh -c 'pgrep -c sleep || true' 2>/tmp/err) -ge 1 ]] && break
    done
    zone halt full && ! ls -d /sys/fs/cgroup/zones/*/full
}
check 'processes that ignore signals end with their zone' stubborn

device() {
    cat >/tmp/node.yaml <<'Y'
zone: node
root: host
limitpriv: [default, mknod]
security: { user-namespace: false }
Y
    zone launch -f /tmp/node.yaml || return
    local disk
    disk=$(cat /sys/block/vda/dev)
    zone exec node -- sh -c "mount | head -1 >/dev/null; rm -f /root/disk; mknod /root/disk b ${disk%:*} ${disk#*:} && head -c 1 /root/disk" && { echo "the disk can be read"; return 1; }
    zone exec node -- head -c 1 /dev/zero >/tmp/zero && zone delete -F node
}
check 'the device filter keeps a zone without a user namespace from the disk' device

overlay() {
    insmod /opt/overlay.ko
    cat >/tmp/whole.yaml <<'Y'
zone: whole
root: { source: /srv/whole, type: whole }
Y
    mkdir -p /srv/whole/bin /srv/whole/etc && cp /opt/busybox /srv/whole/bin/sh && zone launch -f /tmp/whole.yaml \
        && is "$(zone exec whole -- sh -c 'echo mine > /etc/mine && cat /etc/mine')" mine && ! [ -e /srv/whole/etc/mine ] && zone delete -F whole
}
check 'a whole root is an overlay over the idmapped disk' overlay

again() {
    zone boot full || return
    local before after attempt
    before=$(value full cgroup.procs)
    zone exec full -- perl -e 'syscall(169, 0xfee1dead, 672274793, 0x01234567) == 0 or die "$!\n"'
    for attempt in $(seq 50); do
        after=$(value full cgroup.procs 2>/tmp/err) && [[ -n $after && $after != "$before" ]] && zone exec full -- true && return 0
        sleep 0.2
    done
    zone events | tail -5
    return 1
}
check 'a reboot from inside boots it again' again

missing() {
    printf 'zone: none\nroot: host\nrctl: { hugetlb.3MB: 1M }\n' >/tmp/none.yaml
    zone verify -f /tmp/none.yaml; is $? 1
}
check 'a limit that this host lacks is refused' missing

nothing() {
    zone delete -F full || return
    is "$(zone list -c -p | wc -l)" 0 || { zone list -c; return 1; }
    local attempt
    for attempt in $(seq 50); do
        ! ls -d /sys/fs/cgroup/zones 2>/tmp/err && ! pgrep zoned && return 0
        sleep 0.2
    done
    find /sys/fs/cgroup/zones; ps ax
    return 1
}
check 'nothing is left of any of them' nothing

the_end
