using Zones.Server.Peers;

namespace Zones.Server.Routes;

/// <summary>Why somebody may not do something, in the words of the command: what a request is called, nobody has typed.</summary>
internal static class Refusals
{
    private const string Roots = "is root's, or that of the user who serves";

    /// <summary>It is not for whom a zone's admin names.</summary>
    /// <param name="zone">The zone; null for the host.</param>
    /// <param name="verb">What the request is called.</param>
    /// <param name="mayLogIn">Whether the zone's admin gives login, with which archives may be sent.</param>
    public static ZoneException OfRoot(string? zone, string verb, bool mayLogIn) => verb switch
    {
        "update" => Make(zone, verb, "set", $"changing a spec {Roots}"),
        "copy-in" => Make(zone, verb, "cp", $"a path of the host {Roots}{(mayLogIn ? $"; an archive is yours to send: tar -c FILE | zone cp - {zone}:/DIR" : "")}"),
        "copy-out" => Make(zone, verb, "cp", $"a path of the host {Roots}{(mayLogIn ? $"; an archive is yours to fetch: zone cp {zone}:/PATH - | tar -x" : "")}"),
        "autoshutdown" => Make(zone, verb, "autoboot --stop", $"it {Roots}"),
        _ => Make(zone, verb, verb, $"it {Roots}"),
    };

    /// <summary>The zone's admin gives other rights, and not this one; root can give it.</summary>
    public static ZoneException Missing(ZoneSpec spec, string verb, Rights needed, Peer peer)
    {
        string[] words = needed.ToString().ToLowerInvariant().Split(", ");
        string user = Accounts.NameOf(peer.User);
        (int at, ZoneAdmin? named) = spec.Admin.Index().FirstOrDefault(one => one.Item.User == user);
        string change = named is null ? $"admin[+]={{ user: {user}, auths: [{words[0]}] }}" : $"admin[{at}].auths=[{string.Join(", ", [.. named.Auths, words[0]])}]";
        return Make(spec.Zone, verb, verb, $"the zone's admin does not give you {string.Join(" or ", words)}; root can: zone set {spec.Zone} '{change}'");
    }

    /// <summary>Another reason.</summary>
    /// <param name="zone">The zone; null for the host.</param>
    /// <param name="verb">What the request is called.</param>
    /// <param name="why">The reason.</param>
    public static ZoneException Because(string? zone, string verb, string why) => Make(zone, verb, verb, why);

    private static ZoneException Make(string? zone, string verb, string typed, string why) =>
        new($"{(zone is null ? "" : zone + ": ")}{typed}: not permitted: {why}") { Zone = zone, Operation = verb, Errno = Wire.Linux.EPERM };
}
