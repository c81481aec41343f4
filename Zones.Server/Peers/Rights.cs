namespace Zones.Server.Peers;

/// <summary>What somebody may do to a zone, after zonecfg's <c>auths</c>.</summary>
[Flags]
internal enum Rights
{
    /// <summary>Not even know that it exists.</summary>
    None = 0,

    /// <summary>Run commands in it.</summary>
    Login = 1,

    /// <summary>Install, boot, halt it and the like: what its spec foresees.</summary>
    Manage = 2,

    /// <summary>Copy its files into another zone.</summary>
    Clonefrom = 4,

    /// <summary>Whichever of these: to see it.</summary>
    Any = Login | Manage | Clonefrom,

    /// <summary>Root's: all of these, and what changes specs or names files of the host.</summary>
    Everything = 15,
}

/// <summary>Who may do what.</summary>
/// <param name="accounts">The host's users.</param>
/// <param name="creators">Who may make zones by cloning.</param>
internal sealed class RightsTable(Accounts accounts, IReadOnlyList<string> creators)
{
    /// <summary>What a peer may do to a zone, by its spec as it is now.</summary>
    public Rights Of(Peer peer, ZoneSpec spec)
    {
        Rights rights = peer.Everything ? Rights.Everything : Rights.None;
        foreach (ZoneAdmin admin in peer.Everything ? [] : spec.Admin)
        {
            if (accounts.Is(peer, admin.User))
            {
                foreach (string word in admin.Auths)
                {
                    rights |= word switch { "login" => Rights.Login, "manage" => Rights.Manage, "clonefrom" => Rights.Clonefrom, _ => Rights.None };
                }
            }
        }

        return rights;
    }

    /// <summary>Whether a peer may make zones by cloning.</summary>
    public bool Creates(Peer peer) => peer.Everything || creators.Any(name => accounts.Is(peer, name));

    /// <summary>Whether one of these names means a peer.</summary>
    public bool IsNamed(Peer peer, IEnumerable<string> names) => names.Any(name => accounts.Is(peer, name));
}
