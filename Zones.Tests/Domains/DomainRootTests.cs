using Zones.Domains;
using Zones.Tests.Guest;

namespace Zones.Tests.Domains;

/// <summary>A domain as a diskless client with files of its own: /usr from the export, the rest private, written over NFS.</summary>
public sealed class DomainRootTests
{
    [Fact]
    public async Task Private_files_of_a_sparse_root_last_through_reboots_and_what_is_shared_stays_read_only()
    {
        await using TestHost test = new(options => options.UseDomains());
        ZoneSpec spec = MicrovmTests.Spec("d1") with { Init = [.. MicrovmTests.Init] };
        // In the least memory, too.
        Zone domain = await test.RunningAsync(spec with { CappedMemory = new(DataSize.MiB(128)), Root = spec.Root with { Type = RootType.Sparse } });
        await MicrovmTests.OutputAsync(domain, """
            set -e
            echo own > /var/lib/own; chown www-data:nogroup /var/lib/own; chmod 640 /var/lib/own
            mkfifo /var/lib/fifo; ln -s own /var/lib/link; mkdir -p /srv/a/b; touch /srv/a/b/c
            nobody() { setpriv --reuid=65534 --regid=100 --clear-groups "$@" 2> /dev/null; }
            nobody touch /var/tmp/nobodys
            if nobody cat /var/lib/own; then exit 3; fi
            if nobody touch /etc/mine; then exit 4; fi
            if touch /usr/bin/mine 2> /dev/null; then exit 5; fi
            """);
        Assert.Equal("www-data\n", (await domain.ExecAsync(new ExecRequest(["id", "-un"]) { User = "www-data" })).StandardOutput);

        // Its server may be killed, and the machine too.
        foreach (string server in Directory.GetFiles(test.State + "/run", "root-*.server"))
        {
            await ZonedProcesses.KillAsync(int.Parse(File.ReadAllText(server).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        }

        await MicrovmTests.OutputAsync(domain, "echo more >> /srv/a/b/c && sync");
        await domain.RebootAsync();
        Assert.Equal(
            "www-data nogroup 640 own\nnobody own more\n",
            await MicrovmTests.OutputAsync(domain, "stat -c '%U %G %a' /var/lib/own | tr '\\n' ' '; cat /var/lib/link; stat -c %U /var/tmp/nobodys | tr '\\n' ' '; test -p /var/lib/fifo && cat /var/lib/own | tr '\\n' ' '; cat /srv/a/b/c"));
        Assert.Contains("/usr nfs ro,", await MicrovmTests.OutputAsync(domain, "cat /proc/mounts"));

        // A clone has them too, as its own.
        await domain.HaltAsync();
        Assert.Empty(Directory.GetFiles(test.State + "/run", "*.server"));
        Zone clone = await domain.CloneAsync("d2");
        await clone.BootAsync();
        Assert.Equal("own\n", await MicrovmTests.OutputAsync(clone, "cat /var/lib/own"));
        Assert.Equal("d2\nd2\n", await MicrovmTests.OutputAsync(clone, "hostname; cat /etc/hostname; echo clones > /var/lib/own"));
        Assert.Equal("own\n", File.ReadAllText(test.State + "/zones/d1/root/private/root/var/lib/own"));
    }
}
