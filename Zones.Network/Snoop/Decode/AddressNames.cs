using System.Net;

namespace Zones.Network.Snoop.Decode;

/// <summary>Names of addresses, of which every line of snoop is made: zones, links, and what /etc/hosts says. Nobody is asked over the network.</summary>
public sealed class AddressNames
{
    /// <summary>A hosts file longer than this is some mistake.</summary>
    private const long MaxHosts = 16 << 20;

    private readonly Dictionary<IPAddress, string> _names = [];

    /// <summary>Names an address; the first name that it gets stays.</summary>
    /// <param name="address">The address.</param>
    /// <param name="name">Its name.</param>
    public void Add(IPAddress address, string name) => _names.TryAdd(address, name);

    /// <summary>Takes the names of a hosts file (hosts(5)), of each line the first; a file that is not there has none.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void AddHosts(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: <= MaxHosts })
        {
            return;
        }

        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && IPAddress.TryParse(words[0], out IPAddress? address))
            {
                Add(address, words[1]);
            }
        }
    }

    /// <summary>The name of an address, null when it has none.</summary>
    /// <param name="address">The address.</param>
    public string? Find(IPAddress address) => _names.GetValueOrDefault(address);

    /// <summary>The addresses that have a name.</summary>
    /// <param name="name">The name.</param>
    public IReadOnlyList<IPAddress> Addresses(string name) => [.. _names.Where(one => one.Value == name).Select(one => one.Key)];
}
