namespace Zones.Tests.Packages;

/// <summary>The Debian package on a Debian of its own: the test's mount namespace has a fresh root file system as its root, so that dpkg and the
/// command see nothing else and nothing of it is left on this machine.</summary>
[Collection(nameof(MadePackages))]
public sealed class DebianPackageTests(MadePackages packages)
{
    [Fact]
    public async Task It_is_installed_used_and_removed()
    {
        using TemporaryDirectory place = new();
        string said = await MadePackages.RunAsync("unshare", ["--mount", "--propagation", "private", "/bin/sh", "-euc", Script, "sh", DebianRoot.Path, packages.Debian], place.Make("root"));
        Assert.Equal(
            """
            installed
            completions
            manual
            unit
            inside deb1
            kept: running zones
            removed
            state kept

            """, said);
    }

    /// <summary>Its arguments are a Debian root and the package; it starts in an empty directory.</summary>
    private const string Script = """
        # A copy: an overlay's files cannot have their ids mapped, as a zone's root has them.
        cp -a "$1" new
        mount --bind new new
        cp "$2" new/tmp/zones.deb
        for shared in proc sys dev; do mount --rbind "/$shared" "new/$shared"; done
        mount -t tmpfs none new/run
        mkdir new/run/old
        cd new
        pivot_root . run/old
        cd /
        # This machine's umount with its libraries: a Debian of essential packages alone has none.
        LD_LIBRARY_PATH=/run/old/lib/x86_64-linux-gnu:/run/old/usr/lib/x86_64-linux-gnu /run/old/usr/bin/umount -l /run/old
        export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C

        dpkg --install /tmp/zones.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log >&2; exit 1; }
        zone --version >/dev/null && echo installed
        test -s /usr/share/bash-completion/completions/zone && test -s /usr/share/zsh/vendor-completions/_zone && test -s /usr/share/fish/vendor_completions.d/zone.fish && echo completions
        test -s /usr/share/man/man8/zone.8.gz && test -s /usr/share/man/man8/zone-boot.8.gz && test -s /usr/share/man/man5/zone-spec.5.gz && echo manual
        grep -q '^ExecStart="/usr/bin/zone" --state "/var/lib/zones" autoboot$' /usr/lib/systemd/system/zones.service && test -L /etc/systemd/system/multi-user.target.wants/zones.service && echo unit
        zone create deb1 >/dev/null
        zone install deb1 >/dev/null
        zone boot deb1 >/dev/null
        echo "inside $(zone exec deb1 -- cat /proc/sys/kernel/hostname)"
        dpkg --remove zones >/tmp/dpkg.log 2>&1 || grep -q 'halt them first' /tmp/dpkg.log && echo 'kept: running zones'
        zone halt deb1 >/dev/null
        zone uninstall -F deb1 >/dev/null
        zone delete -F deb1 >/dev/null
        dpkg --remove zones >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log >&2; exit 1; }
        test ! -e /usr/bin/zone && test ! -e /usr/lib/zones && echo removed
        dpkg --purge zones >/dev/null 2>&1
        test ! -e /etc/systemd/system/multi-user.target.wants/zones.service && test -d /var/lib/zones && echo 'state kept'
        """;
}
