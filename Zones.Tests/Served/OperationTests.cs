using System.Text.Json;
using System.Text.Json.Nodes;
using Zones.Tests.Recovery;

namespace Zones.Tests.Served;

/// <summary>Long work over the socket: begun, polled, awaited, cancelled, by number and by anybody who may; it needs no client.</summary>
public sealed class OperationTests
{
    private const string Deaf = "trap '' TERM; while :; do sleep 1; done";

    [Fact]
    public async Task An_operation_is_polled_awaited_and_cancelled_and_outlives_its_client()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script(Deaf) with { Admin = [new("daemon") { Auths = ["manage"] }, new("nobody") { Auths = ["manage"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        JsonNode begun;
        using (RawClient client = RawClient.Connect(serve.Socket, RawClient.Daemon))
        {
            string answer = await client.AskAsync("POST", "/zones/z1/shutdown", """{"timeout":"01:00:00"}""");
            begun = Body(answer, 202);
            Assert.Contains($"Location: /v1/operations/{begun["id"]}", answer);
        }

        Assert.Equal(("shutdown", "running", "z1", 1), (begun["verb"]!.ToString(), begun["state"]!.ToString(), begun["zone"]!.ToString(), (int)begun["user"]!));
        string address = $"/operations/{begun["id"]}";
        await zone.UntilStateAsync(ZoneState.ShuttingDown);
        JsonNode polled = await AskAsync(serve, RawClient.Daemon, "GET", address);
        Assert.Equal(("running", "shutting_down"), (polled["state"]!.ToString(), polled["zone-state"]!.ToString()));
        Assert.Equal("running", (await AskAsync(serve, RawClient.Daemon, "GET", address + "?wait=1"))["state"]!.ToString());

        // Another user's operations are nobody's business but root's.
        Assert.Equal("urn:zones:zone", (await AskAsync(serve, RawClient.Nobody, "DELETE", address, 503))["type"]!.ToString());
        Assert.Empty((await AskAsync(serve, RawClient.Nobody, "GET", "/operations")).AsArray());
        Assert.Single((await AskAsync(serve, 0, "GET", "/operations")).AsArray());

        Task<JsonNode> waiting = AskAsync(serve, RawClient.Daemon, "GET", address + "?wait=60");
        await AskAsync(serve, RawClient.Daemon, "DELETE", address);
        Assert.Equal("cancelled", (await waiting)["state"]!.ToString());
        JsonNode halt = await AskAsync(serve, RawClient.Daemon, "POST", "/zones/z1/halt", 202);
        JsonNode halted = await AskAsync(serve, RawClient.Daemon, "GET", $"/operations/{halt["id"]}?wait=60");
        Assert.Equal("done", halted["state"]!.ToString());
        Assert.NotNull(halted["ended"]);
        JsonNode refused = await AskAsync(serve, RawClient.Daemon, "POST", "/zones/z1/reboot", 202);
        JsonNode failed = await AskAsync(serve, RawClient.Daemon, "GET", $"/operations/{refused["id"]}?wait=60");
        Assert.Equal(("failed", "urn:zones:state", "installed", "z1"), (failed["state"]!.ToString(), failed["problem"]!["type"]!.ToString(), failed["problem"]!["state"]!.ToString(), failed["problem"]!["zone"]!.ToString()));
    }

    [Fact]
    public async Task A_user_has_so_many_operations_under_way_and_so_many_remembered()
    {
        await using TestHost test = new();
        await test.RunningAsync(Scenes.Script(Deaf) with { Admin = [new("daemon") { Auths = ["manage"] }] });
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        List<string> running = [];
        for (int i = 0; i < 32; i++)
        {
            running.Add((await AskAsync(serve, RawClient.Daemon, "POST", "/zones/z1/shutdown", 202, """{"timeout":"01:00:00"}"""))["id"]!.ToString());
        }

        JsonNode refused = await AskAsync(serve, RawClient.Daemon, "POST", "/zones/z1/halt", 503);
        Assert.Contains("32 operations of yours are under way", refused["detail"]!.ToString());
        await AskAsync(serve, 0, "POST", "/zones/z1/boot", 202);
        foreach (string id in running)
        {
            await AskAsync(serve, RawClient.Daemon, "DELETE", "/operations/" + id);
            await AskAsync(serve, RawClient.Daemon, "GET", $"/operations/{id}?wait=60");
        }

        for (int i = 0; i < 64; i++)
        {
            await AskAsync(serve, RawClient.Daemon, "POST", "/zones/z1/boot", 202);
        }

        Assert.InRange((await AskAsync(serve, RawClient.Daemon, "GET", "/operations")).AsArray().Count, 1, 96);
        await AskAsync(serve, RawClient.Daemon, "GET", "/operations/" + running[0], 503);
    }

    [Fact]
    public async Task An_end_of_the_server_waits_for_what_is_under_way_and_clients_are_told()
    {
        await using TestHost test = new();
        Zone zone = await test.RunningAsync(Scenes.Script(Deaf));
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        IZoneHost host = await serve.ConnectAsync();
        Task shutdown = host.ShutdownAsync("z1", timeout: TimeSpan.FromSeconds(2));
        await zone.UntilStateAsync(ZoneState.ShuttingDown);
        Assert.Equal(0, await serve.StopAsync());
        Assert.Equal(ZoneState.Installed, (await zone.InfoAsync()).State);
        try
        {
            await shutdown;
        }
        catch (ZoneException e)
        {
            Assert.True(e.IsTransient);
        }

        ZoneException gone = await Assert.ThrowsAsync<ZoneException>(() => host.ListAsync());
        Assert.True(gone.IsTransient);
        Assert.Contains("nobody serves a host there", gone.Message);
        await serve.RestartAsync(test);
        Assert.Single(await host.ListAsync());
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Two_servers_do_not_share_a_socket_and_a_dead_ones_is_taken_over()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        await using ServeProcess serve = await ServeProcess.StartAsync(test);
        Assert.Equal($"zone: {serve.Socket}: a host is served there already; end that, or name another socket", await new ZoneCli(test.State).FailAsync(1, "serve", "--socket", serve.Socket));
        await serve.RestartAsync(test);
        await using IZoneHost host = await serve.ConnectAsync();
        Assert.Single(await host.ListAsync());
        Assert.Equal("zone: nosuchgroup: no such group on this host", await new ZoneCli(test.State).FailAsync(1, "serve", "--socket", serve.Socket + "2", "--group", "nosuchgroup"));
    }

    private static async Task<JsonNode> AskAsync(ServeProcess serve, uint user, string method, string address, int status = 200, string body = "")
    {
        using RawClient client = RawClient.Connect(serve.Socket, user);
        return Body(await client.AskAsync(method, address, body), status);
    }

    private static JsonNode Body(string answer, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        return JsonNode.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])!;
    }
}
