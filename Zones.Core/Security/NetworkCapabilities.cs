namespace Zones.Security;

/// <summary>Capabilities by which a zone would reach the host's network stack. In a user namespace of its own none does.</summary>
internal static class NetworkCapabilities
{
    public static void Verify(ZoneSpec spec, List<SpecProblem> problems)
    {
        if (spec.Security.UserNamespace)
        {
            return;
        }

        bool shared = spec.IpType == IpType.Shared;
        CapabilitySet capabilities = Limitpriv.Resolve(spec.Limitpriv);
        if (capabilities.Contains("net_admin") && (shared || spec.Anet.Count > 0))
        {
            // On a stack of its own, by the number that the kernel gives the namespace of a link's other end (IFLA_TARGET_NETNSID).
            problems.Add(new("limitpriv", null, "with net_admin and without a user namespace the zone could change the host's links and addresses; add '!net_admin' to limitpriv"));
        }

        if (capabilities.Contains("net_raw") && shared)
        {
            problems.Add(new("limitpriv", null, "with net_raw and without a user namespace the zone could read and forge the host's packets; add '!net_raw' to limitpriv"));
        }
    }
}
