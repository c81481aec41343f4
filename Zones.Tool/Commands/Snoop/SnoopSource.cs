using System.Net;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Files;
using Zones.Network.Snoop.Filters;
using Zones.Specs;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Snoop;

/// <summary>Where packets come from, and what the addresses in them are called.</summary>
internal static class SnoopSource
{
    private const string Hosts = "/etc/hosts";

    /// <summary>Opens the file or starts the capture that a command line means.</summary>
    /// <exception cref="UsageException">It means neither.</exception>
    /// <exception cref="ZoneException">It cannot be opened, or the filter is wrong.</exception>
    public static Task<IPacketSource> OpenAsync(Session session, SnoopRun run, string[] words)
    {
        Refuse(words);
        if (run.Input is { } file)
        {
            PacketFilter? filter = Filter(words);
            return Task.FromResult<IPacketSource>(new FilteredSource(CaptureFileReader.Open(file), filter));
        }

        throw new UsageException("name a file with -i");
    }

    /// <summary>Names of zones with addresses of their own, and of the host's file.</summary>
    public static async Task<AddressNames> NamesAsync(Session session)
    {
        AddressNames names = new();
        if (File.Exists(Path.Combine(session.Options.StateDirectory, "zones.db")))
        {
            foreach (ZoneInfo zone in await session.Host.ListAsync(session.Cancel))
            {
                foreach (string address in zone.Spec.Anet.SelectMany(anet => anet.AllowedAddress))
                {
                    if (IPAddress.TryParse(address.Split('/')[0], out IPAddress? parsed))
                    {
                        names.Add(parsed, zone.Name);
                    }
                }
            }
        }

        names.AddHosts(Hosts);
        return names;
    }

    private static PacketFilter? Filter(string[] words) => words.Length == 0 ? null : PacketFilter.Parse(string.Join(' ', words));

    // The parser takes an option that it does not know for one of our words.
    private static void Refuse(string[] words)
    {
        if (words.FirstOrDefault(word => word.Length > 1 && word.StartsWith('-')) is { } option)
        {
            throw new UsageException($"'{option}' is not an option of zone snoop; see 'zone snoop --help'");
        }
    }
}
