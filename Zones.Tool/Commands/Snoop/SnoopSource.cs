using System.Net.NetworkInformation;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Capture;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Files;
using Zones.Network.Snoop.Filters;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Snoop;

/// <summary>Where packets come from.</summary>
internal static class SnoopSource
{
    /// <summary>In the place of a link: every one there is.</summary>
    private const string All = "any";

    /// <summary>Opens the file or starts the capture that a command line means.</summary>
    /// <exception cref="UsageException">It means neither, or the filter is wrong.</exception>
    /// <exception cref="ZoneException">It cannot be opened.</exception>
    public static async Task<IPacketSource> OpenAsync(Session session, SnoopRun run, string[] words, AddressNames? names)
    {
        Refuse(words);
        if (run.Input is { } file)
        {
            if (!File.Exists(file) && Links().Contains(file))
            {
                throw new UsageException($"-i reads a capture file, and {file} is a link; name it without -i");
            }

            PacketFilter? wanted = Filter(words, names);
            return new FilteredSource(CaptureFileReader.Open(file), wanted, run.SnapLength);
        }

        if (words is not [{ Length: > 0 } place, .. string[] filter])
        {
            throw new UsageException("name a zone (web1), a link of one (web1/net0), a link of the host's, any for all of these, or a file with -i");
        }

        CaptureOptions options = new() { Filter = Filter(filter, names), SnapLength = run.SnapLength ?? new CaptureOptions().SnapLength };
        string[] parts = place.Split('/', 2);
        if (await FindAsync(session, parts[0]) is { } zone)
        {
            return await PacketCapture.OpenAsync(zone, parts.Length > 1 && parts[1] != All ? parts[1] : null, options, session.Cancel);
        }

        if (place != All && (parts.Length > 1 || !Links().Contains(place)))
        {
            string[] zones = [.. (await session.Host.ListAsync(session.Cancel)).Select(one => one.Name)];
            throw new ZoneException(parts.Length > 1
                ? $"{place}: there is no zone named {parts[0]}; 'zone list -c' shows those that are{UsageReport.DidYouMean(parts[0], zones)}"
                : $"{place}: neither a zone nor a link of this host; 'zone list -c' shows the zones, 'ip link' the links{UsageReport.DidYouMean(place, zones.Concat(Links()))}");
        }

        return PacketCapture.Open(place == All ? null : place, options);
    }

    private static IEnumerable<string> Links() => NetworkInterface.GetAllNetworkInterfaces().Select(link => link.Name);

    private static async Task<Zone?> FindAsync(Session session, string name) =>
        SnoopNames.HasZones(session) && (await session.Host.ListAsync(session.Cancel)).Any(zone => zone.Name == name) ? await session.Host.GetAsync(name, session.Cancel) : null;

    // A host in a filter is named as it is shown.
    private static PacketFilter? Filter(string[] words, AddressNames? names)
    {
        try
        {
            return words.Length == 0 ? null
                : PacketFilter.Parse(string.Join(' ', words), name => names?.Addresses(name) is { Count: > 0 } known ? known : PacketFilter.Resolve(name));
        }
        catch (FilterException e)
        {
            throw new UsageException(e.Message);
        }
    }

    // The parser takes an option that it does not know for one of our words.
    private static void Refuse(string[] words)
    {
        if (words.FirstOrDefault(word => word.Length > 1 && word.StartsWith('-')) is { } option)
        {
            throw new UsageException($"'{option}' is not an option of zone snoop; see 'zone snoop --help'");
        }
    }
}
