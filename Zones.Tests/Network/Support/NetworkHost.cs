using System.Text.Json;

namespace Zones.Tests.Network.Support;

/// <summary>A state directory whose managers, zoned and zones are in a network namespace of their own, where no other test is and no
/// link of the host's. Its end deletes every zone and runs the leak check.</summary>
internal sealed class NetworkHost : IAsyncDisposable
{
    private readonly string _temporary = Directory.CreateTempSubdirectory("zones-net-").FullName;

    /// <param name="patience">For how long a command may run; null for what is enough for zones.</param>
    public NetworkHost(TimeSpan? patience = null)
    {
        Cli = new(State) { Prefix = ["nsenter", $"--net={Namespace.Path}"], Patience = patience ?? TimeSpan.FromMinutes(2) };
    }

    public NetworkNamespace Namespace { get; } = new();

    public string State => Path.Combine(_temporary, "state");

    /// <summary>The command, run there.</summary>
    public ZoneCli Cli { get; }

    /// <summary>A spec with one link, over the host's directories, without an init; more lines of YAML at its end.</summary>
    public static string Spec(string zone, string more = "attr: { tenant: acme }", string anet = "linkname: net0, allowed-address: [auto]") =>
        $$"""
        zone: {{zone}}
        root: { source: host }
        anet: [ { {{anet}} } ]
        {{more}}
        """;

    /// <summary>An init that says its host's name to whoever connects to port 7000, by whichever family.</summary>
    public const string Server = """
        init: [/usr/bin/perl, -MSocket, -e, 'socket(S,AF_INET6,SOCK_STREAM,0); setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1); bind(S,sockaddr_in6(7000,"\0"x16)) or die $!; listen(S,9); while(accept(C,S)){ syswrite(C,`hostname`); close C }']
        attr: { tenant: acme }
        """;

    /// <summary>Makes a pool, and a rule that lets zones' servers be reached.</summary>
    public async Task PoolAsync(params string[] more)
    {
        await Cli.OkAsync(["pool", "create", "default", "--prefix", "10.7.0.0/24", .. more]);
        await Cli.OkAsync("firewall", "add", "FROM any TO all zones ALLOW tcp PORT 7000");
    }

    /// <summary>Creates a zone.</summary>
    public async Task CreateAsync(string spec)
    {
        string file = Path.Combine(_temporary, Guid.NewGuid().ToString("N") + ".yaml");
        await File.WriteAllTextAsync(file, spec);
        await Cli.OkAsync("create", "-f", file);
    }

    /// <summary>Creates and installs a zone.</summary>
    public async Task InstallAsync(string zone, string spec)
    {
        await CreateAsync(spec);
        await Cli.OkAsync("install", zone);
    }

    /// <summary>Creates, installs and boots a zone.</summary>
    public async Task BootAsync(string zone, string spec)
    {
        await InstallAsync(zone, spec);
        await Cli.OkAsync("boot", zone);
    }

    /// <summary>Runs a shell script in a zone.</summary>
    /// <returns>What it printed, without the line's end.</returns>
    public async Task<string> InsideAsync(string zone, string script) => (await Cli.OkAsync("exec", zone, "--", "bash", "-c", script)).TrimEnd();

    /// <summary>What the server at an address or name says, seen from a zone.</summary>
    public async Task<string> AskAsync(string zone, string whom)
    {
        string said = "";
        await Eventually.TrueAsync(
            async () => (said = await InsideAsync(zone, $"{{ exec 3<>/dev/tcp/{whom}/7000 && cat <&3; }} 2>/dev/null; true")).Length > 0,
            $"{zone} hears nothing from {whom}");
        return said;
    }

    /// <summary>The addresses that a zone has, as 'zone list' tells.</summary>
    public async Task<string[]> AddressesAsync(string zone)
    {
        using JsonDocument list = JsonDocument.Parse(await Cli.OkAsync("list", "-c", "--format", "json"));
        return [.. list.RootElement.EnumerateArray().Single(one => one.GetProperty("name").GetString() == zone).GetProperty("addresses").EnumerateArray().Select(one => one.GetString()!)];
    }

    /// <summary>The names of the links on the host, without lo.</summary>
    public string[] Links() =>
    [
        .. Namespace.Run("ip", "-br", "link").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', '@')[0]).Where(name => name != "lo"),
    ];

    /// <summary>That those alone are left in a moment: the links of a zone that has halted go with its namespace.</summary>
    public Task OnlyLinksAsync(params string[] names) =>
        Eventually.TrueAsync(() => Links().SequenceEqual(names), $"only [{string.Join(", ", names)}] is left");

    public async ValueTask DisposeAsync()
    {
        try
        {
            string[] zones = (await Cli.OkAsync("list", "-c")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (zones.Length > 0)
            {
                await Cli.OkAsync(["delete", "-F", .. zones]);
            }

            await LeakCheck.AssertNothingLeftAsync(State, Namespace);
        }
        finally
        {
            Namespace.Dispose();
            Directory.Delete(_temporary, recursive: true);
        }
    }
}
