using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Zones.Storage.Nfs;
using Zones.Storage.Served;

namespace Zones.Domains.Agent;

/// <summary>What an agent that is reached over a network wants to hear first: it stands in the domain's initial root, which only its root can read, and follows
/// from the state directory's secret and the boot.</summary>
internal static class AgentSecret
{
    /// <summary>Of one boot of a domain.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="zone">The domain.</param>
    /// <param name="generation">The number of the boot.</param>
    public static string Of(string state, string zone, long generation) => Convert.ToHexStringLower(HMACSHA256.HashData(
        HandleKey.LoadOrCreate(ServedRoot.KeyFile(state)),
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"agent {zone} {generation}"))));
}
