using System.Globalization;

namespace Zones.Domains.Xen;

/// <summary>A domain as the hypervisor counts it: a line of <c>xl list -v</c>. One that its builder left half-made is there too, in xenstore it need not be.</summary>
/// <param name="Id">Its number, another in each boot.</param>
/// <param name="Memory">What it has.</param>
/// <param name="State">xl(1)'s letters, each in its place or a dash: running, blocked, paused, shut down, crashed, dying.</param>
/// <param name="Reason">Why it has shut down: 0 for a power-off, 1 for a reboot, 3 for a crash; null while it has not.</param>
internal sealed record XenDomain(int Id, DataSize Memory, string State, int? Reason)
{
    /// <summary>For people.</summary>
    public string Status => State.Contains('d', StringComparison.Ordinal) ? "dying"
        : State.Contains('c', StringComparison.Ordinal) ? "crashed"
        : State.Contains('s', StringComparison.Ordinal) ? "shutdown"
        : State.Contains('p', StringComparison.Ordinal) ? "paused"
        : "running";

    /// <summary>Finds one in the list; null when it is not there.</summary>
    /// <param name="list">What xl printed.</param>
    /// <param name="uuid">Which.</param>
    public static XenDomain? Find(string list, string uuid)
    {
        foreach (string line in list.Split('\n'))
        {
            // NAME ID MIB VCPUS STATE SECONDS UUID REASON LABEL; a name may hold anything.
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            int at = Array.IndexOf(words, uuid);
            if (at >= 5)
            {
                return new(int.Parse(words[at - 5], CultureInfo.InvariantCulture), DataSize.MiB(long.Parse(words[at - 4], CultureInfo.InvariantCulture)), words[at - 2],
                    words.Length > at + 1 && int.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int reason) ? reason : null);
            }
        }

        return null;
    }
}
