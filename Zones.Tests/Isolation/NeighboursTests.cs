using System.Globalization;
using System.Net.Sockets;
using Zones.Tests.Support;

namespace Zones.Tests.Isolation;

/// <summary>Zones against each other, and against the host's processes.</summary>
public class NeighboursTests
{
    [Fact]
    public async Task A_zone_sees_and_reaches_no_process_but_its_own()
    {
        await using TestHost test = new();
        Zone a = await test.RunningAsync(TestHost.Spec("a"));
        Zone b = await test.RunningAsync(TestHost.Spec("b") with { Init = ["/bin/sleep", "inf"] });
        int pid = (await b.InfoAsync()).Pid!.Value;
        string pids = await a.ShellAsync("cd /proc; echo [0-9]*");
        Assert.All(pids.Split(' '), text => Assert.True(int.Parse(text, CultureInfo.InvariantCulture) < 100, pids));
        foreach (int target in (int[])[pid, Environment.ProcessId])
        {
            Assert.Equal(3 /* ESRCH */, (await a.SyscallAsync($"62, {target}, 0")).Errno); // kill
            Assert.Equal(3, (await a.SyscallAsync($"101, 16, {target}, 0, 0")).Errno); // ptrace(PTRACE_ATTACH)
            Assert.Equal(3, (await a.SyscallAsync($"434, {target}, 0")).Errno); // pidfd_open
        }

        await a.ShellAsync("kill -9 -1 2>/dev/null; true").WaitAsync(TimeSpan.FromSeconds(20)).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(ZoneState.Running, (await a.InfoAsync()).State);
        await b.ShellAsync("true");
    }

    [Fact]
    public async Task The_memory_of_process_1_is_nobody_s_to_read_inside()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        foreach (string file in (string[])["mem", "maps", "environ", "auxv", "syscall", "stack", "io", "fd/", "root/", "cwd/", "map_files/"])
        {
            Assert.False(await zone.SucceedsAsync(file.EndsWith('/') ? $"ls /proc/1/{file}" : $"head -c 1 /proc/1/{file} | grep -q ."), $"/proc/1/{file} can be read");
        }

        Assert.Equal(1, (await zone.SyscallAsync("101, 16, 1, 0, 0")).Errno);
        Assert.Equal(1, (await zone.SyscallAsync("310, 1, pack('QQ', 4096, 8), 1, pack('QQ', 4096, 8), 1, 0")).Errno); // process_vm_readv
        Assert.DoesNotContain(test.State, await zone.ShellAsync("cat /proc/1/cmdline"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_network_is_a_loopback_link_and_nothing_else()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        Assert.Equal("lo", await zone.ShellAsync("ls /sys/class/net"));
        Assert.Equal("0x9", await zone.ShellAsync("cat /sys/class/net/lo/flags")); // IFF_UP, IFF_LOOPBACK
        Assert.Equal("pong", await zone.PerlAsync("""
            use IO::Socket::INET; $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "listen: $!";
            $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $s->sockport) or die "connect: $!"; print 'pong'
            """));
    }

    [Fact]
    public async Task A_server_on_the_host_s_loopback_or_an_abstract_name_is_out_of_reach()
    {
        await using TestHost test = new();
        using TcpListener server = new(System.Net.IPAddress.Loopback, 0);
        server.Start();
        int port = ((System.Net.IPEndPoint)server.LocalEndpoint).Port;
        string name = "zones-" + Guid.NewGuid().ToString("N");
        using Socket abstractSocket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        abstractSocket.Bind(new UnixDomainSocketEndPoint("\0" + name));
        abstractSocket.Listen();
        string connect = $$"""
            use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0) or die; print connect(S, pack('S a*', AF_UNIX, "\0{{name}}")) ? 'unix ' : '- ';
            socket(T, AF_INET, SOCK_STREAM, 0) or die; print connect(T, pack_sockaddr_in({{port}}, inet_aton('127.0.0.1'))) ? 'tcp' : '-'
            """;
        Zone exclusive = await test.RunningAsync(TestHost.Spec("exclusive"));
        Assert.Equal("- -", await exclusive.PerlAsync(connect));
        Zone shared = await test.RunningAsync(TestHost.Spec("shared") with { IpType = IpType.Shared });
        Assert.Equal("unix tcp", await shared.PerlAsync(connect));
        Assert.Equal("", await shared.ShellAsync("ls /sys"));
    }

    [Fact]
    public async Task Abstract_names_and_shared_memory_of_two_zones_do_not_meet()
    {
        await using TestHost test = new();
        Zone a = await test.RunningAsync(TestHost.Spec("a") with { Init = ["/usr/bin/perl", "-e", "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack('S a*', AF_UNIX, \"\\0zones-meet\")); listen(S, 1); shmget(4711, 4096, 01666); $| = 1; print qq(up\\n); sleep 1000"] });
        Zone b = await test.RunningAsync(TestHost.Spec("b"));
        await Inside.EventuallyAsync(async () => (await a.LogsAsync().ToListAsync()).Contains("up"), "the server did not start");
        const string look = "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); print connect(S, pack('S a*', AF_UNIX, \"\\0zones-meet\")) ? 'met ' : '- ', defined(shmget(4711, 4096, 0)) ? 'met' : '-'";
        Assert.Equal("met met", await a.PerlAsync(look));
        Assert.Equal("- -", await b.PerlAsync(look));
    }

    [Fact]
    public async Task Host_name_and_host_id_are_the_zone_s()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Hostname = "inner.example", Hostid = "00c0ffee" });
        Assert.Equal("inner.example 00c0ffee", await zone.ShellAsync("echo $(uname -n) $(hostid)"));
        Assert.NotEqual("inner.example", Environment.MachineName);
        Zone plain = await test.RunningAsync(TestHost.Spec("plain"));
        Assert.Equal("plain", await plain.ShellAsync("uname -n; test $(cat /etc/hostname) = plain"));
    }
}
