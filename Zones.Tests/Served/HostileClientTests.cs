using System.Net.Sockets;

namespace Zones.Tests.Served;

/// <summary>Clients that mean ill harm themselves alone.</summary>
public sealed class HostileClientTests
{
    private const string Mine = """{"spec":"zone: evil"}""";

    [Fact]
    public async Task What_is_no_request_is_refused_and_the_host_goes_on()
    {
        await using TestHost test = new();
        await test.RunningAsync(TestHost.Spec() with { Admin = [new("daemon") { Auths = ["login", "manage", "clonefrom"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        await AttackAsync(serve);
        Assert.Equal("ok\n", (await host.ExecAsync("z1", new ExecRequest(["echo", "ok"]))).StandardOutput);
        int before = serve.OpenDescriptors();
        await AttackAsync(serve);
        await AttackAsync(serve);
        Assert.Equal("ok\n", (await host.ExecAsync("z1", new ExecRequest(["echo", "ok"]))).StandardOutput);
        await Eventually.TrueAsync(() => serve.OpenDescriptors() <= before, "descriptors are left open");
    }

    [Fact]
    public async Task A_body_in_chunks_that_are_none_is_the_clients_mistake()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using RawClient client = RawClient.Connect(serve.Socket);
        client.Send("POST /v1/zones/z1/boot HTTP/1.1\r\nHost: zones\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", await client.RestAsync());
    }

    [Fact]
    public async Task A_user_who_takes_all_connections_leaves_some_to_the_others()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec() with { Admin = [new("daemon") { Auths = ["manage"] }, new("nobody") { Auths = ["manage"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        List<RawClient> held = [];
        for (int i = 0; i < 64; i++)
        {
            held.Add(RawClient.Connect(serve.Socket, RawClient.Daemon));
            held[^1].Send("GET /v1/events?follow=true HTTP/1.1\r\nHost: zones\r\n\r\n");
            Assert.True(await held[^1].Socket.ReceiveAsync(new byte[1]) == 1);
        }

        using (RawClient tooMany = RawClient.Connect(serve.Socket, RawClient.Daemon))
        {
            Assert.Equal("", await tooMany.AskAsync("GET", "/usage"));
        }

        using (RawClient other = RawClient.Connect(serve.Socket, RawClient.Nobody))
        {
            Assert.StartsWith("HTTP/1.1 200", await other.AskAsync("GET", ""));
        }

        await using IZoneHost host = await serve.ConnectAsync();
        Assert.Single(await host.ListAsync());
        held.ForEach(client => client.Dispose());
        await Eventually.TrueAsync(async () =>
        {
            using RawClient again = RawClient.Connect(serve.Socket, RawClient.Daemon);
            return (await again.AskAsync("GET", "")).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Half_a_request_is_waited_for_only_so_long()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec() with { Admin = [new("daemon") { Auths = ["manage"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using RawClient head = RawClient.Connect(serve.Socket, RawClient.Daemon), body = RawClient.Connect(serve.Socket, RawClient.Daemon), command = RawClient.Connect(serve.Socket, RawClient.Daemon);
        head.Send("GET /v1 HTTP/1.1\r\nHo");
        body.Send("POST /v1/zones/z1/boot HTTP/1.1\r\nHost: zones\r\nContent-Length: 100\r\n\r\n{");
        command.Send("GET /v1/zones/z1/exec HTTP/1.1\r\nHost: zones\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        string[] ends = await Task.WhenAll(head.RestAsync(), body.RestAsync(), command.RestAsync());
        Assert.StartsWith("HTTP/1.1 408", ends[0]);
        Assert.StartsWith("HTTP/1.1 408", ends[1]);
        Assert.StartsWith("HTTP/1.1 101", ends[2]);
    }

    [Fact]
    public async Task Commands_whose_client_leaves_hold_neither_threads_nor_descriptors()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        await host.ExecAsync("z1", new ExecRequest(["true"]));
        int before = serve.OpenDescriptors();
        for (int i = 0; i < 5; i++)
        {
            // One that is stuck in what it reads, one that is stuck in what it prints, and terminals in both ways.
            ZoneProcess deaf = await host.StartAsync("z1", new(["sleep", "1000"]));
            _ = deaf.StandardInput!.WriteAsync(new byte[1 << 20]).AsTask().ContinueWith(write => write.Exception, TaskScheduler.Default);
            ZoneProcess loud = await host.StartAsync("z1", new(["yes"]));
            ZoneProcess screen = await host.StartAsync("z1", new(["yes"]) { Io = ExecIo.Terminal });
            ZoneProcess keys = await host.StartAsync("z1", new(["sh", "-c", "stty raw; exec sleep 1000"]) { Io = ExecIo.Terminal });
            _ = keys.Terminal!.WriteAsync(new byte[1 << 20]).AsTask().ContinueWith(write => write.Exception, TaskScheduler.Default);
            foreach (ZoneProcess process in (ZoneProcess[])[deaf, loud, screen, keys])
            {
                await process.DisposeAsync();
            }
        }

        await Eventually.TrueAsync(() => serve.OpenDescriptors() <= before, "descriptors are left open");

        // Whoever was on a terminal, or printed into a pipe, learned that nobody is there any more; who only sleeps, sleeps on.
        await Eventually.TrueAsync(async () => (await zone.ExecAsync(["sh", "-c", "cat /proc/[0-9]*/comm 2>/dev/null | grep -e yes -e sleep | sort | uniq -c | tr -d ' '"])).StandardOutput == "5sleep\n");
    }

    [Fact]
    public async Task Archives_whose_client_leaves_or_means_ill_leave_nothing_behind()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(TestHost.Spec() with { Admin = [new("daemon") { Auths = ["login"] }] });
        await zone.ShellAsync("truncate -s 8E /srv/endless 2>/dev/null || truncate -s 8T /srv/endless");
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        await host.CopyOutAsync("z1", "/etc/hostname", new MemoryStream());
        int before = serve.OpenDescriptors();
        byte[] file = new byte[2048];
        "begun"u8.CopyTo(file);
        "0000644\00000000\00000000\077777777777\000000000000\0014133\0 0"u8.CopyTo(file.AsSpan(100));
        string[] requests =
        [
            """{"archive":{"path":"/srv"}}""", """{"archive":{"path":"/srv","out":true}}""", """{"archive":{"path":"/srv/endless","out":true,"owners":true}}""", """{"archive":{"path":"/proc","out":true}}""",
            """{"archive":{"path":"srv"}}""", """{"archive":{"path":""}}""", """{"archive":{"path":"/srv\u0000/../etc"}}""", """{"archive":{"path":null}}""", """{"archive":{}}""", "{}", """{"archive":{"path":"/nowhere","out":true}}""",
        ];
        foreach (string request in requests.SelectMany(request => Enumerable.Repeat(request, 3)))
        {
            using (RawClient rude = RawClient.Connect(serve.Socket, RawClient.Daemon))
            {
                rude.Upgrade("/zones/z1/archive");
                rude.SendFrame(RawClient.TextFrame, System.Text.Encoding.UTF8.GetBytes(request));
                rude.SendFrame(RawClient.BinaryFrame, [0, .. file]);
                await Eventually.TrueAsync(() => rude.Socket.Available > 0, $"{request} is not answered");
            }

            await Eventually.TrueAsync(() => serve.OpenDescriptors() <= before, $"{request}: descriptors are left open");
        }

        await Eventually.TrueAsync(async () => (await zone.StatAsync()).Processes == 1, "helpers are left in the zone");
        Assert.Equal("endless", await zone.ShellAsync("ls -A /srv"));
    }

    [Fact]
    public async Task A_log_is_not_held_in_memory_for_whoever_asks_for_its_last_lines()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec() with { Admin = [new("daemon") { Auths = ["login"] }] });
        string log = Path.Combine(test.State, "log", "z1.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        byte[] lines = new byte[48 << 20];
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = (byte)(i % 2 == 0 ? 'x' : '\n');
        }

        await File.WriteAllBytesAsync(log, lines);
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        using RawClient client = RawClient.Connect(serve.Socket, RawClient.Daemon);
        client.Send("GET /v1/zones/z1/log?tail=2147483647 HTTP/1.1\r\nHost: zones\r\n\r\n");
        byte[] buffer = new byte[64 << 10];
        for (int read = 0, length; read < buffer.Length; read += length)
        {
            length = await client.Socket.ReceiveAsync(buffer);
            Assert.NotEqual(0, length);
        }

        string peak = File.ReadLines($"/proc/{serve.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture), 0, 512 << 10);
    }

    private static async Task AttackAsync(ServeProcess serve)
    {
        await AssertStatusAsync(serve, 400, client => client.Send("\0\u0001garbage\r\n\r\n"));
        await AssertStatusAsync(serve, 431, client => client.Send($"GET /v1 HTTP/1.1\r\nHost: zones\r\nX: {new string('x', 20_000)}\r\n\r\n"));
        await AssertStatusAsync(serve, 414, client => client.Send($"GET /v1/{new string('x', 10_000)} HTTP/1.1\r\nHost: zones\r\n\r\n"));
        await AssertAnswerAsync(serve, 413, "POST", "/zones/z1/boot", new string(' ', 100_000));
        await AssertAnswerAsync(serve, 404, "GET", "/nonsense");
        await AssertAnswerAsync(serve, 404, "GET", "/zones/..%2fz1");
        await AssertAnswerAsync(serve, 405, "PATCH", "/zones");
        await AssertAnswerAsync(serve, 400, "POST", "/zones/z1/boot", "{");
        await AssertAnswerAsync(serve, 400, "POST", "/zones/z1/boot", "null");
        await AssertAnswerAsync(serve, 400, "POST", "/zones/z1/boot", """{"bootargs":null,"nonsense":1}""");
        await AssertAnswerAsync(serve, 400, "POST", "/zones/z1/boot", """{"bootargs":[null]}""");
        await AssertAnswerAsync(serve, 400, "POST", "/zones/z1/boot", string.Concat(Enumerable.Repeat("""{"bootargs":""", 1000)));
        await AssertAnswerAsync(serve, 400, "POST", "/zones/z1/mark", """{"state":"dreaming"}""");
        await AssertAnswerAsync(serve, 400, "POST", "/zones/z1/shutdown", """{"timeout":"never"}""");
        await AssertAnswerAsync(serve, 400, "GET", "/events?after=-1");
        await AssertAnswerAsync(serve, 400, "GET", "/zones/z1/exec");
        await AssertAnswerAsync(serve, 403, "POST", "/zones", Mine);
        await AssertAnswerAsync(serve, 403, "POST", "/verify", Mine);
        await AssertAnswerAsync(serve, 403, "POST", "/apply", """{"zones":[]}""");
        await AssertAnswerAsync(serve, 503, "GET", "/operations/nosuch");
    }

    private static async Task AssertStatusAsync(ServeProcess serve, int status, Action<RawClient> act)
    {
        using RawClient client = RawClient.Connect(serve.Socket, RawClient.Daemon);
        act(client);
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.RestAsync());
    }

    private static async Task AssertAnswerAsync(ServeProcess serve, int status, string method, string address, string body = "")
    {
        using RawClient client = RawClient.Connect(serve.Socket, RawClient.Daemon);
        string answer = await client.AskAsync(method, address, body);
        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{method} {address}: {answer}");
        Assert.DoesNotContain("Exception", answer);
    }
}
