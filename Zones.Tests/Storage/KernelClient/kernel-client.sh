# Run by busybox as process 1 of a guest: what Linux's own NFS client makes of the server. The modules are in /modules,
# in the order of /modules/order; $port is the server's. Says "ok NAME" or "not ok NAME" for each check.
export PATH=/bin

check() {
    name=$1
    shift
    if "$@" >/tmp/out 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/    /' /tmp/out
    fi
}

is() { [ "$1" = "$2" ] || { echo "is '$1', not '$2'"; return 1; }; }

for module in $(cat /modules/order); do
    insmod "/modules/$module" || echo "$module cannot be loaded"
done
ip link set lo up
ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2

options=vers=3,proto=tcp,mountproto=tcp,nolock,noacl,port=$port,mountport=$port,addr=10.0.2.2
check 'mounts read-only' mount -t nfs -o "ro,$options" 10.0.2.2:/root /ro
check 'mounts read-write' mount -t nfs -o "rw,$options" 10.0.2.2:/work /rw
mount -t nfs -o "rw,noac,nosharecache,$options" 10.0.2.2:/work /second

cd /ro
echo "sums $(find . -path ./many -prune -o -type f -exec md5sum {} + | sort | md5sum)"
echo "listing $(ls -lnR | md5sum)"
many() { is "$(ls many | wc -l)" 100000 && is "$(ls many | sort -u | wc -l)" 100000; }
check 'a hundred thousand entries are listed once each' many
readonly_() { ! touch x && ! rm -f many/1 && ! mkdir d; }
check 'nothing can be changed on a read-only mount' readonly_
executes() { is "$(./busybox echo it runs)" 'it runs'; }
check 'programs execute' executes

cd /rw
renames() { echo hello >a && mv a b && is "$(cat b)" hello && ! [ -e a ] && echo new >c && mv c b && is "$(cat b)" new; }
check 'rename replaces' renames
exclusive() { (set -C; echo one >excl) && ! (set -C; echo two >excl) && is "$(cat excl)" one; }
check 'exclusive create' exclusive
held() { exec 5<b && rm b && is "$(cat <&5)" new && exec 5<&- && is "$(ls -A | grep -c nfs)" 0; }
check 'a file held open while it is removed' held
writes() { dd if=/dev/urandom of=/tmp/data bs=64k count=64 && cp /tmp/data data && sync && is "$(md5sum <data)" "$(md5sum </tmp/data)"; }
check 'what is written is read' writes
links() { ln data linked && is "$(stat -c %h data)" 2 && ln -s data soft && is "$(readlink soft)" data && mkfifo pipe && [ -p pipe ]; }
check 'links and special files' links
moves() { mkdir -p d/e/f && echo x >d/e/f/g && mv d d2 && is "$(cat d2/e/f/g)" x && rm -r d2 && ! [ -e d2 ]; }
check 'directories move and go' moves
modes() { chmod 4711 data && is "$(stat -c %a data)" 4711 && chown 5:6 data && is "$(stat -c %u:%g data)" 5:6 && touch -d '2001-02-03 04:05:06' data && is "$(stat -c %Y data)" 981173106; }
check 'attributes' modes
two() { echo first >shared && is "$(cat /second/shared)" first && echo second >/second/shared && sleep 4 && is "$(cat shared)" second; }
check 'two clients see what the other wrote' two
gone() { exec 6</second/shared && rm shared && ! cat /second/shared && exec 6<&-; }
check 'what one client removes is gone for the other' gone

echo "restart now"
md5sum </ro/big >/tmp/sum &
i=0
while [ $i -lt 20 ]; do
    echo $i >>log || break
    sleep 0.2
    i=$((i + 1))
done
wait
across() { is "$(wc -l <log)" 20; }
check 'writing goes on across a restart of the server' across
echo "big $(cat /tmp/sum)"

cd /
umounts() { umount /second && umount /rw && umount /ro; }
check 'unmounts' umounts
echo "the end"
poweroff -f
