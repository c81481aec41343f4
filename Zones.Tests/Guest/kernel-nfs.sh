# Run as process 1 of a guest whose kernel has an NFS client, and a FUSE that cannot be idmapped. $port is the server's on the host,
# $window the first id of the export "debian", $sum what md5sum says of its perl.
. /opt/checks.sh

for module in $(cat /opt/modules/order) ../overlay.ko ../fuse.ko; do
    /opt/busybox insmod "/opt/modules/$module" 2>/tmp/err
done
/opt/busybox ip link set lo up
/opt/busybox ip link set eth0 up
/opt/busybox ip address add 10.0.2.15/24 dev eth0
/opt/busybox ip route add default via 10.0.2.2

export=nfs://10.0.2.2:$port/debian
spec() { printf 'zone: %s\nroot: { source: "%s", type: %s }\n%s\n' "$1" "$2" "${3:-sparse}" "${4:-}" >"/tmp/$1.yaml"; }
says() { grep -qF -- "$1" /tmp/said || { echo "does not say '$1' but:"; cat /tmp/said; return 1; }; }
refused() { ! "${@:2}" >/tmp/said 2>&1 && says "$1"; }
volumes() { grep -c '^v3' /proc/fs/nfsfs/volumes; }
servers() { ls "$ZONES_STATE/run" | grep -c 'server$'; }
id_base() { zone list -c --format json >/tmp/list && grep -c "\"id-base\": $1" /tmp/list; }

warns() {
    [[ -c /dev/fuse ]] && spec web "$export" && zone verify -f /tmp/web.yaml >/tmp/said 2>&1 \
        && says "the kernel's NFS client cannot be idmapped: all zones on this mount of $export share the ids $window to $((window + 65535))"
}
check 'it is chosen where FUSE cannot be idmapped, and verify says that zones share a range' warns

unshifted() {
    spec plain "nfs://10.0.2.2:$port/plain" && zone verify -f /tmp/plain.yaml >/tmp/said 2>&1 \
        && says 'are not shifted' && says 'export it with shift=N'
}
check 'an export that is not shifted is told with what to do' unshifted

elsewhere() {
    spec other "$export" sparse 'security: { id-base: 1048576 }' && refused 'shift=1048576' zone verify -f /tmp/other.yaml && says "$window to" && says 'leave id-base out' || return
    zone create other --root host && zone install other && spec other "$export" && refused 'uninstall the zone and install it again' zone verify -f /tmp/other.yaml \
        && zone delete -F other
}
check 'a range that is not the window is refused, with both ways out' elsewhere

unknown() { spec none "nfs://10.0.2.2:$port/none" && refused '/none' zone verify -f /tmp/none.yaml && says 'root.source'; }
check 'an export that is not there is an error' unknown

closed() { spec closed "nfs://10.0.2.2:$port/closed" && refused '/closed' zone verify -f /tmp/closed.yaml && says 'root.source'; }
check 'a client that is refused is told' closed

kernel_closed() { spec closed "nfs://10.0.2.2:$port/closed?via=kernel" && refused '/closed' zone launch -f /tmp/closed.yaml; zone delete -F closed 2>/tmp/err; is "$(volumes)" 0; }
check 'a client that is refused leaves no mount' kernel_closed

taken() {
    zone create host --root host && zone create -f /tmp/web.yaml && printf 'zone: first\nroot: host\nsecurity: { id-base: %s }\n' "$window" >/tmp/first.yaml \
        && zone create -f /tmp/first.yaml && zone install first && refused "the id range of first; have the export shifted to another" zone install web \
        && is "$(zone list -c -p | grep -c ':configured:')" 2 && is "$(volumes)" 0 && zone delete -F first && zone delete -F host && zone delete -F web
}
check 'a window that is the range of another zone is refused' taken

boots() {
    zone create web --root "$export" && zone install web && zone boot web && zone exec web -- cat /proc/self/mounts >/tmp/mounts \
        && grep -q '^10.0.2.2:/debian[^ ]* /usr nfs ro,' /tmp/mounts || { cat /tmp/mounts; return 1; }
    is "$(zone exec web -- perl -e 'print 6 * 7')" 42
}
check 'a sparse zone boots over it' boots

owned() {
    is "$(zone exec web -- stat -c %u:%g /usr/bin/perl /usr | sort -u)" 0:0 && is "$(id_base "$window")" 1 \
        && is "$(zone exec web -- find /usr -xdev -user 65534 | wc -l)" 0
}
check 'its files belong to root inside' owned

readonly_() { refused 'Read-only file system' zone exec web -- touch /usr/own && refused 'Read-only file system' zone exec web -- rm /usr/bin/perl; }
check 'nothing of it can be changed' readonly_

whole() {
    spec whole "$export" whole && zone launch -f /tmp/whole.yaml && is "$(zone exec whole -- sh -c 'echo mine >/usr/own && rm /usr/bin/perl && cat /usr/own')" mine \
        && is "$(zone exec web -- perl -e 'print 1')" 1 && is "$(zone exec whole -- stat -c %u:%g:%a /root)" 0:0:700 && zone exec whole -- ls -A /root | grep -q bashrc && ! zone exec -u daemon whole -- ls /root
}
check 'a whole zone boots over it, and its root reads what only root may' whole

window_() {
    zone launch third --root "$export" && is "$(id_base "$window")" 3 && is "$(servers)" 1 && is "$(volumes)" 1 \
        && is "$(zone exec web -- stat -c %d /usr)" "$(zone exec third -- stat -c %d /usr)"
}
check 'three zones share one mount and one range' window_

others() { spec soft "$export?soft" && zone create -f /tmp/soft.yaml && refused "the id range of $export; have the export shifted to another" zone install soft && zone delete -F soft; }
check 'another mount does not share the range' others

replaced() {
    local first second
    first=$(cut -d' ' -f1 "$ZONES_STATE"/run/*.server) && kill -9 "$first" || return
    other() { second=$(cut -d' ' -f1 "$ZONES_STATE"/run/*.server) && [[ -n $second && $second != "$first" ]]; }
    soon other && is "$(zone exec web -- perl -e 'print 2')" 2 && zone reboot web && is "$(zone exec web -- perl -e 'print 3')" 3
}
check 'the process that keeps the mount may be killed' replaced

keeper() {
    kill -9 "$(pgrep -f 'zoned keeper')" && is "$(zone exec third -- perl -e 'print 4')" 4 && zone recover && zone reboot third \
        && is "$(zone exec third -- perl -e 'print 5')" 5 && is "$(servers)" 1 && is "$(volumes)" 1
}
check 'so may the keeper' keeper

both() {
    kill -9 "$(pgrep -f 'zoned keeper')" "$(cut -d' ' -f1 "$ZONES_STATE"/run/*.server)" && is "$(zone exec web -- perl -e 'print 6')" 6 && zone recover \
        && zone reboot third && is "$(zone exec third -- perl -e 'print 7')" 7 && is "$(servers)" 1 && is "$(volumes)" 1
}
check 'when both die at once the zones go on, and the next boot mounts again' both

# Stops the server, and has nothing of its files in memory that need not be.
stop() {
    down() { ! (: <>"/dev/tcp/10.0.2.2/$port"); }
    echo 'stop the server' >/dev/console
    soon down && echo 3 >/proc/sys/vm/drop_caches
}
start() { echo 'start the server' >/dev/console; }

away() {
    local reader
    stop || return
    zone exec web -- md5sum /usr/bin/perl >/tmp/sum &
    reader=$!
    sleep 3
    kill -0 $reader || { echo 'the reader did not wait'; cat /tmp/sum; return 1; }
    zone halt third || return
    start
    wait $reader && is "$(cut -d' ' -f1 /tmp/sum)" "$sum" && zone boot third && is "$(zone exec third -- perl -e 'print 8')" 8
}
check 'a server that goes away is waited for without an error, and zones are halted meanwhile' away

last() {
    zone halt web && zone halt third && is "$(volumes)" 1 && is "$(servers)" 1 && is "$(zone exec whole -- cat /usr/own)" mine \
        && zone halt whole && is "$(volumes)" 0 && is "$(servers)" 0
}
check 'the mount goes with the last zone' last

range() {
    zone uninstall -F web && zone uninstall -F third && zone create -f /tmp/first.yaml && refused "is the id range of $export" zone install first \
        && zone uninstall -F whole && zone install first && is "$(id_base "$window")" 1 && zone delete -F first
}
check 'the range is free when the last zone is uninstalled' range

again() {
    local name
    zone install web && zone boot web && is "$(zone exec web -- perl -e 'print 7')" 7 || return
    for name in web third whole; do
        zone delete -F $name || return
    done
}
check 'and leased again with the next' again

killed() {
    local milliseconds manager
    for milliseconds in 200 400 600 800 1000 1200; do
        zone create killed --root "$export" || return
        zone install killed 2>/tmp/err &
        manager=$!
        sleep "$(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))"
        kill -9 $manager
        wait $manager
        zone recover && is "$(volumes)" 0 && is "$(servers)" 0 && zone delete -F killed && is "$(id_base "$window")" 0 || return
    done
}
check 'a manager that dies while it installs leaves what the next one releases' killed

# A program of the zone's own, or the server would be asked for that too.
soft() {
    spec soft "$export?soft&timeo=5&retrans=1" whole && zone launch -f /tmp/soft.yaml && zone exec soft -- sh -c 'cat >/busybox && chmod 755 /busybox' </opt/busybox \
        && zone exec soft -- /busybox true && stop && refused 'Input/output error' zone exec soft -- /busybox md5sum /usr/bin/perl && zone halt soft && is "$(volumes)" 0 \
        && start && soon zone boot soft && is "$(zone exec soft -- perl -e 'print 9')" 9 && zone delete -F soft
}
check 'a soft mount fails with an error when the server is away' soft

# Asked for, FUSE has the same window.
fuse() {
    spec fuse "$export?via=fuse" && zone verify -f /tmp/fuse.yaml >/tmp/said 2>&1 && says 'this kernel cannot idmap FUSE' && says "share the ids $window to" \
        && zone launch -f /tmp/fuse.yaml && is "$(id_base "$window")" 1 && is "$(volumes)" 0 && is "$(zone exec fuse -- stat -c %u:%g /usr/bin/perl)" 0:0 \
        && is "$(zone exec fuse -- perl -e 'print 10')" 10 && zone delete -F fuse
}
check 'FUSE that cannot be idmapped has a window too' fuse

host() {
    spec host "$export" sparse 'security: { user-namespace: false }' && zone verify -f /tmp/host.yaml >/tmp/said 2>&1 && says 'export it without shift'
}
check 'an export that is shifted for nothing is told' host

nothing() { is "$(zone list -c -p | wc -l)" 0 && is "$(volumes)" 0 && soon gone; }
gone() { ! pgrep zoned >/tmp/zoned; }
check 'nothing is left' nothing

the_end
