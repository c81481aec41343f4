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

the_end
