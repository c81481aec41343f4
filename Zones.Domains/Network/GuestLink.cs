namespace Zones.Domains.Network;

/// <summary>A link as a domain's process 1 is told of it, a word of the kernel's command line:
/// <c>zones.link=NAME,MAC,HOW,ADDRESS/LENGTH,…,via=ROUTER,…</c>. There everybody can read it, and whoever builds a domain by hand can write it.</summary>
/// <param name="Name">What it is to be called.</param>
/// <param name="Mac">Which it is; empty for the first.</param>
internal sealed record GuestLink(string Name, string Mac)
{
    /// <summary>Ways to come by an address.</summary>
    public const string None = "none", Rarp = "rarp", Dhcp = "dhcp";

    private const string Key = "zones.link=", Via = "via=";

    /// <summary>How it comes by its first address of IPv4: <c>none</c>, <c>rarp</c> or <c>dhcp</c>, as in the kernel's own <c>ip=</c>.</summary>
    public string Autoconf { get; init; } = None;

    /// <summary>Its addresses with the length of their prefix. Who asks by RARP learns the address alone, and is told the length as <c>0.0.0.0/24</c>.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Default routers.</summary>
    public IReadOnlyList<string> Routers { get; init; } = [];

    /// <summary>The word.</summary>
    public override string ToString() => Key + string.Join(',', [Name, Mac, Autoconf, .. Addresses, .. Routers.Select(router => Via + router)]);

    /// <summary>The links of a command line.</summary>
    public static List<GuestLink> ReadAll(string commandLine)
    {
        List<GuestLink> links = [];
        foreach (string word in commandLine.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith(Key, StringComparison.Ordinal) && word[Key.Length..].Split(',') is [string name, string mac, string how, .. string[] more])
            {
                links.Add(new(name, mac)
                {
                    Autoconf = how,
                    Addresses = Array.FindAll(more, part => !part.StartsWith(Via, StringComparison.Ordinal)),
                    Routers = [.. Array.FindAll(more, part => part.StartsWith(Via, StringComparison.Ordinal)).Select(part => part[Via.Length..])],
                });
            }
        }

        return links;
    }
}
