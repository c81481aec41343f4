# What the scripts of the guests share; says "ok NAME" or "not ok NAME" for each check on the console.
exec </dev/null >/dev/console 2>&1
export PATH=/opt/zones:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root ZONES_STATE=/var/lib/zones

check() {
    local name=$1
    if "${@:2}" >/tmp/out 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/    /' /tmp/out
    fi
}

is() { [[ $1 == "$2" ]] || { echo "is '$1', not '$2'"; return 1; }; }

# Tries something for a while.
soon() {
    local attempt
    for attempt in $(seq 50); do
        "$@" 2>/tmp/err && return 0
        sleep 0.2
    done
    cat /tmp/err
    return 1
}

the_end() {
    echo "the end"
    sync
    echo b >/proc/sysrq-trigger
    sleep 60
}
