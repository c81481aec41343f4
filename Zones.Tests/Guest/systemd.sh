# Run as a service of a guest that systemd runs.
. /opt/checks.sh

id() { basename /sys/fs/cgroup/zones.slice/zoned-*.service; }
alive() { is "$(zone exec web -- echo alive)" alive; }

outlives() {
    systemd-run --quiet --service-type=oneshot --unit=panel --setenv=PATH="$PATH" --setenv=ZONES_STATE="$ZONES_STATE" -- zone launch web --root host || return
    ! systemctl is-active panel && alive && is "$(zone list -p | cut -d: -f3)" running
}
check 'zones and zoned outlive the service that started them' outlives

unit() {
    systemctl is-active "$(id)" && is "$(systemctl show -P Delegate "$(id)")" yes \
        && grep -qx "0::/zones.slice/$(id)/.zoned" "/proc/$(pgrep -f 'zoned keeper')/cgroup" \
        && [[ -n $(cat "/sys/fs/cgroup/zones.slice/$(id)/web/cgroup.procs") ]]
}
check 'they live in one delegated unit, zoned in a leaf of it' unit

reload() {
    systemctl daemon-reload && alive && zone stat web >/tmp/stat
}
check 'a reload of systemd leaves them alone' reload

killed() {
    kill -9 "$(pgrep -f 'zoned keeper')" && alive && systemctl is-active "$(id)" && zone reboot web && alive
}
check 'a killed keeper comes back into the same unit' killed

limited() {
    printf 'zone: small\nroot: host\ncapped-memory: 64M\n' >/tmp/small.yaml
    zone launch -f /tmp/small.yaml && is "$(cat "/sys/fs/cgroup/zones.slice/$(id)/small/memory.max")" 67108864 && zone delete -F small
}
check 'limits hold below the unit' limited

ends() {
    local name gone
    name=$(id)
    zone delete -F web || return
    gone() { ! systemctl is-active "$name" >/tmp/active && ! [[ -e /sys/fs/cgroup/zones.slice/$name ]]; }
    soon gone
}
check 'the unit ends with its last zone' ends

service() {
    printf 'zone: front\nroot: host\nautoboot: true\ndepends-on: [back]\n' >/tmp/front.yaml
    printf 'zone: back\nroot: host\ninit: [/bin/sleep, "10000"]\nreadiness: { exec: [/bin/true] }\n' >/tmp/back.yaml
    zone create -f /tmp/back.yaml && zone create -f /tmp/front.yaml && zone install front back && ! zone service status >/tmp/status || return
    zone service install && is "$(systemctl is-enabled zones)" enabled && systemctl start zones && is "$(systemctl is-active zones)" active || return
    is "$(systemctl show -P StatusText zones)" '2 zones up, 0 failed' && is "$(zone exec front -- echo alive)" alive && zone service status || return
    zone halt front && systemctl reload zones && is "$(zone exec front -- echo alive)" alive
}
check 'zones boot with a service that says when they are up' service

served() {
    zone service install --serve && systemctl start zones-serve && is "$(systemctl is-active zones-serve)" active || return
    is "$(systemctl show -P StatusText zones-serve)" 'serving /var/lib/zones at /run/zones.sock' && is "$(zone --connect /run/zones.sock exec front -- echo served)" served || return
    systemctl stop zones-serve && ! [[ -e /run/zones.sock ]] && is "$(zone exec front -- echo alive)" alive
}
check 'a second service offers them at a socket' served

service_ends() {
    systemctl stop zones && is "$(zone list -p | grep -c :running:)" 0 && zone service uninstall && ! systemctl cat zones && ! systemctl cat zones-serve && ! zone service uninstall && zone delete -F front back
}
check 'and end with it' service_ends

the_end
