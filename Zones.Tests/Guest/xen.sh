# Run as process 1 of domain 0 of a Xen host.
. /opt/checks.sh

for module in $(cat /opt/modules/order); do
    /opt/busybox insmod "/opt/modules/$module" 2>/tmp/err
done
mount -t xenfs xenfs /proc/xen
xen=$(echo /usr/lib/xen-[0-9]*/bin)
export PATH=$xen:$PATH
mkdir -p /run/xen /run/xenstored /run/lock
xenstored --pid-file /run/xenstored.pid
soon test -S /run/xenstored/socket
xen-init-dom0
xenconsoled --pid-file=/run/xenconsoled.pid
/opt/busybox ip link set lo up

says() { grep -qF -- "$1" /tmp/said || { echo "does not say '$1' but:"; cat /tmp/said; return 1; }; }
refused() { ! "${@:2}" >/tmp/said 2>&1 && says "$1"; }
told() { "${@:2}" >/tmp/said 2>&1 && says "$1"; }
alone() { is "$(xl list | tail -n +2 | awk '{ print $1 }')" Domain-0 && is "$(ls /sys/class/net | grep -cE '^(vif|z)')" 0; }
spec() { # NAME DOMAIN [MEMORY [MORE]]
    cat >"/tmp/$1.yaml" <<Y
zone: $1
brand: domain
root: { source: /srv/debian, type: whole }
init: [/bin/sh, -c, "trap 'exit 5' TERM; echo init runs in \$(hostname); while read -r line; do echo got \$line; done; while :; do sleep 1; done"]
capped-memory: { physical: ${3:-192M} }
anet: [ { linkname: net0, allowed-address: auto } ]
domain: { kernel: /srv/kernel${2:+, $2} }
${4:-}
Y
}

verified() {
    zone pool create default --bridge xbr0 --prefix 10.9.0.0/24 && spec pv 'xen-type: pv' 192M 'console: true' && spec pvh '' \
        && told "runs under Xen $(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor) as pv, this host is domain 0 of Xen" zone verify -f /tmp/pv.yaml \
        && told 'as pvh' zone verify -f /tmp/pvh.yaml
}
check 'verify says that Xen is chosen, and why' verified

wrong() {
    spec bad 'accel: tcg' && refused 'domain.accel' zone verify -f /tmp/bad.yaml || return
    spec bad 'xen-type: pv' && sed -i '/^anet/d' /tmp/bad.yaml && refused 'over a link of its own' zone verify -f /tmp/bad.yaml || return
    mkdir /srv/other && cp -a /srv/kernel/. /srv/other && sed -i 's/^CONFIG_XEN_PV=y/# &/' /srv/other/boot/config-* && spec bad 'xen-type: pv' && sed -i 's,/srv/kernel,/srv/other,' /tmp/bad.yaml \
        && refused 'is no kernel for a pv domain' zone verify -f /tmp/bad.yaml || return
    spec bad 'xen-type: hvm' && refused 'domain.xen-type' zone verify -f /tmp/bad.yaml
}
check 'what Xen cannot do is refused by name' wrong

readied() {
    zone create -f /tmp/pv.yaml && zone install pv && zone ready pv && is "$(zone list -i -p | grep -c ':pv:ready:')" 1 && is "$(xl list | tail -n +2 | awk '{ print $1 }')" Domain-0
}
check 'ready makes what a domain boots from, and no domain' readied

boots() { # TYPE
    zone list -c -p | grep -q ":$1:" || { zone create -f "/tmp/$1.yaml" && zone install "$1"; } && zone boot "$1"
}
check 'a PV domain boots' boots pv

runs() { # TYPE
    is "$(xl list | tail -n +2 | awk '{ print $1 }' | sort | tr '\n' ' ')" "Domain-0 $1 " && told "init runs in $1" zone logs "$1" && told "$1" zone list -v && says running || return
    xl list -l "$1" >/tmp/said && says "\"type\": \"$1\""
}
check 'it is of that type, its console shows its init, and it is listed as running' runs pv

inside() { # TYPE
    is "$(zone exec "$1" -- sh -c 'cat /sys/hypervisor/type; uname -r; echo some | md5sum; exit 3')" "xen
$(uname -r)
$(echo some | md5sum)" || return
    zone exec "$1" -- sh -c 'exit 3'
    is $? 3 && is "$(seq 20000 | zone exec "$1" -- cat | md5sum)" "$(seq 20000 | md5sum)" && is "$(zone exec "$1" -- md5sum /usr/bin/perl)" "$(cd /srv/debian && md5sum /usr/bin/perl)" || return
    told 'overlay' zone exec "$1" -- cat /proc/mounts
}
check 'commands run in it, and its root is the exported one' inside pv

stranger() {
    local address
    address=$(zone list -v | awk '$2 == "pv" { print $NF }')
    # Who does not know the secret of the boot is told nothing.
    exec 3<>"/dev/tcp/${address%/*}/1021" && printf '\1zones.agent\2Q\0\0\0\0' >&3 && is "$(timeout 20 cat <&3 | wc -c)" 0 && is "$(zone exec pv -- echo alive)" alive
}
check 'its agent answers to nobody who does not know the secret' stranger

typed() { # WHAT
    echo "$1" >&4
    sleep 1
    grep -q "got $1" /tmp/said
}
console() {
    local person
    mkfifo /tmp/keys
    zone console pv </tmp/keys >/tmp/said 2>&1 &
    person=$!
    exec 4>/tmp/keys
    soon typed something && printf '\035' >&4 && sleep 1 && soon typed more
    local status=$?
    exec 4>&-
    wait $person && says 'init runs in pv' && return $status
}
check 'its console is typed at, and xl leaves it at no key' console

login() {
    printf 'echo "in $(hostname) on $(tty)"; exit 4\n' | script -qec 'zone login pv' /dev/null >/tmp/said
    is $? 4 && says 'in pv on /dev/pts/'
}
check 'a person logs in on a terminal of its own' login

stat() {
    zone stat pv --format json | tr -d ' \n' >/tmp/said && says '"machine":{"status":"running","memory":201326592' && says '"link":"net0"'
}
check 'stat tells its memory, and what goes over its link' stat

snoop() {
    local capture
    zone snoop -c 3 pv tcp port 1021 >/tmp/said 2>&1 &
    capture=$!
    while kill -0 $capture 2>/dev/null; do zone exec pv -- true; done
    wait $capture && says '1021'
}
check 'snoop shows what goes over its link' snoop

again() { # HOW...
    local before=$(zone exec pv -- cat /proc/sys/kernel/random/boot_id) attempt
    is ${#before} 36 && "$@" || return
    for attempt in $(seq 200); do
        local now=$(zone exec pv -- cat /proc/sys/kernel/random/boot_id 2>/tmp/err)
        [[ ${#now} = 36 && $now != "$before" ]] && runs pv && return
        sleep 0.5
    done
    cat /tmp/err
    return 1
}
check 'reboot boots it again' again zone reboot pv
check 'its own reboot does too' again zone exec --detach pv -- reboot -f

halted() { # TYPE
    zone halt "$1" && alone && is "$(zone list -i -p | grep -c ":$1:installed:")" 1 && is "$(ls "$ZONES_STATE/run" | grep -c server)" 0
}
check 'halt leaves Domain-0 alone' halted pv

check 'a PVH domain boots' boots pvh
check 'so it does as PVH' runs pvh
check 'commands run there too' inside pvh

shut() {
    zone shutdown pvh && told '"code": 5' zone list -c --format json && alone
}
check 'shutdown asks its init to end, and gives its status' shut

killed() {
    local manager attempt
    zone boot pvh 2>/tmp/err &
    manager=$!
    for attempt in $(seq 300); do
        xl domid pvh >/tmp/domid 2>&1 && break
        sleep 0.1
    done
    kill -9 $manager
    zone recover >/tmp/recovered 2>&1
    soon alone
}
check 'a manager that is killed in the middle of a boot leaks no domain' killed

greedy() {
    spec big '' 64G && zone create -f /tmp/big.yaml && zone install big && ! zone boot big >/tmp/said 2>&1 && says 'its console ends' && grep -qi 'memory' /tmp/said && alone && zone delete -F big
}
check 'more memory than Xen has is an error that says so' greedy

nothing() {
    zone delete -F pv && zone delete -F pvh && is "$(zone list -c -p | wc -l)" 0 && alone
}
check 'nothing is left of any of them' nothing

the_end
