using System.Globalization;
using Zones.Security;

namespace Zones.Specs;

/// <summary>An export as a spec names it: <c>nfs://server[:port]/export[?option&amp;option=value…]</c>. Options are named as in nfs(5).</summary>
/// <param name="Server">A host name or an address.</param>
/// <param name="Port">Of the NFS service; 2049 unless given.</param>
/// <param name="Export">The path that is mounted, as the server knows it.</param>
internal sealed record NfsAddress(string Server, int Port, string Export)
{
    public const int StandardPort = 2049;

    private const string Form = "an export is nfs://server[:port]/export[?option&option=value…]";

    private static readonly string[] Known = ["actimeo", "hard", "mountport", "proto", "retrans", "soft", "timeo", "vers", "via"];

    /// <summary><c>mountport</c>: of the MOUNT service; null: the NFS port, or what rpcbind says.</summary>
    public int? MountPort { get; init; }

    /// <summary><c>soft</c>: calls fail with EIO after <see cref="Timeout"/> × <see cref="Retransmissions"/>; without it they wait for the server, for ever.</summary>
    public bool Soft { get; init; }

    /// <summary><c>timeo</c>, tenths of a second: how long an answer is waited for before the call is sent again.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>retrans</c>: how often a call is sent again before <c>soft</c> gives up.</summary>
    public int Retransmissions { get; init; } = 2;

    /// <summary><c>actimeo</c>, seconds: how long names and attributes are trusted; a shared root does not change under its zones.</summary>
    public uint CacheSeconds { get; init; } = 86_400;

    /// <summary><c>via</c>: how it is mounted; auto looks what this host can do.</summary>
    public NfsWay Way { get; init; } = NfsWay.Auto;

    /// <summary>Reads an address.</summary>
    /// <param name="text">As in the spec.</param>
    /// <param name="problem">What is wrong with it, when the result is null.</param>
    public static NfsAddress? Parse(string? text, out string? problem)
    {
        if (text is null || SpecPath.Unprintable(text) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme != "nfs"
            || uri.Host.Length == 0 || uri.AbsolutePath.Length < 2 || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 || uri.Port == 0)
        {
            problem = Form;
            return null;
        }

        string server = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host.Trim('[', ']') : uri.Host;
        string export = Uri.UnescapeDataString(uri.AbsolutePath);
        problem = SpecPath.Problem(export) is { } path ? $"{export}: {path}" : null;
        NfsAddress address = new(server, uri.Port > 0 ? uri.Port : StandardPort, export);
        foreach (string option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=');
            (string name, string? value) = equals < 0 ? (option, null) : (option[..equals], option[(equals + 1)..]);
            problem ??= address.Set(name, value, out address);
        }

        return problem is null ? address : null;
    }

    /// <summary>The address with every option that is not as usual, always in the same order: two specs that mean the same mount say the same.</summary>
    public override string ToString()
    {
        List<string> options = [];
        if (CacheSeconds != new NfsAddress("", 0, "").CacheSeconds)
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"actimeo={CacheSeconds}"));
        }

        if (MountPort is { } mountPort)
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"mountport={mountPort}"));
        }

        if (Retransmissions != 2)
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"retrans={Retransmissions}"));
        }

        if (Soft)
        {
            options.Add("soft");
        }

        if (Timeout != TimeSpan.FromSeconds(10))
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"timeo={(long)(Timeout.TotalSeconds * 10)}"));
        }

        if (Way != NfsWay.Auto)
        {
            options.Add($"via={Way.ToString().ToLowerInvariant()}");
        }

        string host = Server.Contains(':') ? $"[{Server}]" : Server;
        string export = string.Join('/', Export.Split('/').Select(Uri.EscapeDataString));
        return string.Create(CultureInfo.InvariantCulture, $"nfs://{host}:{Port}{export}{(options.Count > 0 ? "?" : "")}{string.Join('&', options)}");
    }

    /// <summary>Sets one option; gives what is wrong with it.</summary>
    private string? Set(string name, string? value, out NfsAddress changed)
    {
        changed = this;
        switch (name)
        {
            case "hard" or "soft" when value is null:
                changed = this with { Soft = name == "soft" };
                return null;
            case "hard" or "soft":
                return $"the option {name} has no value";
            case "vers":
                return value is "3" ? null : $"vers={value}: only NFS version 3 is spoken; leave the option out or write vers=3";
            case "proto":
                return value is "tcp" ? null : $"proto={value}: only TCP is spoken; leave the option out or write proto=tcp";
            case "via":
                if (value is null || !Enum.TryParse(value, ignoreCase: true, out NfsWay way) || way.ToString().ToLowerInvariant() != value)
                {
                    return $"via={value}: allowed are auto, bind, fuse and kernel";
                }

                changed = this with { Way = way };
                return null;
            case "mountport":
                return Number(name, value, 1, 65_535, out long port) ?? Keep(this with { MountPort = (int)port }, out changed);
            case "timeo":
                return Number(name, value, 1, 36_000, out long tenths) ?? Keep(this with { Timeout = TimeSpan.FromMilliseconds(tenths * 100) }, out changed);
            case "retrans":
                return Number(name, value, 0, 100, out long times) ?? Keep(this with { Retransmissions = (int)times }, out changed);
            case "actimeo":
                return Number(name, value, 0, 31_536_000, out long seconds) ?? Keep(this with { CacheSeconds = (uint)seconds }, out changed);
            default:
                string hint = NearestName.Of(name, Known) is { } near ? $"did you mean '{near}'?" : $"known are {string.Join(", ", Known)}";
                return $"there is no option '{name}'; {hint}";
        }
    }

    private static string? Keep(NfsAddress address, out NfsAddress changed)
    {
        changed = address;
        return null;
    }

    private static string? Number(string name, string? value, long least, long most, out long number) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most
            ? null
            : $"{name}={value}: allowed is a number from {least} to {most}";
}

/// <summary>How an export is mounted.</summary>
internal enum NfsWay
{
    /// <summary>A bind mount when the directory is on this host, else FUSE where it can be idmapped or there is nothing else, else the kernel's client.</summary>
    Auto,

    /// <summary>A bind mount of the directory on this host.</summary>
    Bind,

    /// <summary>The library's own client through FUSE.</summary>
    Fuse,

    /// <summary>The kernel's client.</summary>
    Kernel,
}
