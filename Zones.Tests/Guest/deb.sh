# Run as a service of a guest that systemd runs; /opt/zones.deb is the package.
. /opt/checks.sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
rm -r /opt/zones
unset ZONES_STATE

is_active() { is "$(systemctl is-active zones)" "$1"; }

installed() {
    DEBIAN_FRONTEND=noninteractive dpkg --install /opt/zones.deb && is "$(systemctl is-enabled zones)" enabled && is_active inactive \
        && [[ $(systemctl show -P FragmentPath zones) == */lib/systemd/system/zones.service ]] \
        && zone service status | grep -q '^installed *yes' && [[ $(zone service uninstall 2>&1) == *"is a package's, and goes with it"* ]] && is "$(systemctl is-enabled zones)" enabled
}
check 'its unit is enabled and not started' installed

starts() {
    printf 'zone: front\nroot: host\nautoboot: true\ndepends-on: [back]\n' >/tmp/front.yaml
    printf 'zone: back\nroot: host\ninit: [/bin/sleep, "10000"]\n' >/tmp/back.yaml
    printf 'zone: idle\nroot: host\n' >/tmp/idle.yaml
    zone create -f /tmp/back.yaml && zone create -f /tmp/front.yaml && zone create -f /tmp/idle.yaml && zone install front back idle || return
    systemctl start zones && is_active active && is "$(systemctl show -P StatusText zones)" '2 zones up, 0 failed' && is "$(systemctl show -P Type zones)" notify \
        && is "$(zone exec front -- cat /proc/sys/kernel/hostname)" front && is "$(zone list -p | cut -d: -f2,3 | sort | xargs)" 'back:running front:running'
}
check 'systemctl start is over when the zones are up' starts

processes() { zone list --format json | grep '"pid": [1-9]'; }
upgraded() {
    local before
    before=$(processes) && DEBIAN_FRONTEND=noninteractive dpkg --install /opt/zones.deb && is_active active && is "$(processes)" "$before"
}
check 'zones run on while it is installed again' upgraded

stops() {
    systemctl stop zones && is_active inactive && is "$(systemctl show -P Result zones)" success && is "$(systemctl show -P ExecMainStatus zones)" 0 \
        && is "$(zone list -p | grep -c :running:)" 0 && ! journalctl -u zones -p warning -q --no-pager | grep .
}
check 'systemctl stop ends them' stops

fails() {
    printf 'zone: raw\nroot: host\nautoboot: true\nfs: [ { dir: /srv, special: /tmp/data } ]\n' >/tmp/raw.yaml
    mkdir /tmp/data && zone create -f /tmp/raw.yaml && zone install raw && rmdir /tmp/data && systemctl start zones && is_active active && is "$(systemctl show -P StatusText zones)" '2 zones up, 1 failed'
}
check 'a zone that fails is told and keeps no other from its boot' fails

removed() {
    local gone
    DEBIAN_FRONTEND=noninteractive dpkg --remove zones && return 1
    zone halt front back && DEBIAN_FRONTEND=noninteractive dpkg --remove zones && is_active inactive || return
    DEBIAN_FRONTEND=noninteractive dpkg --purge zones && ! systemctl cat zones && is "$(systemctl --failed --plain --no-legend)" ''
}
check 'its removal stops the unit and leaves nothing of it' removed

the_end
