using System.IO.Enumeration;
using Zones.Interop;
using Zones.Security;
using Zones.Wire;

namespace Zones.Hosting;

/// <summary>Finds the host's device nodes that a spec's <c>device</c> property matches.</summary>
internal static unsafe class DeviceNodes
{
    private const uint TypeMask = 0xF000, Character = 0x2000, Block = 0x6000;

    /// <summary>The nodes, below /dev; a match that finds none is a problem.</summary>
    public static List<DeviceNode> Match(SpecList<ZoneDevice> devices, List<SpecProblem> problems)
    {
        List<DeviceNode> found = [];
        for (int i = 0; i < devices.Count; i++)
        {
            string match = devices[i].Match;
            string directory = Path.GetDirectoryName(match)!;
            int before = found.Count;
            string[] entries = Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory) : [];
            Array.Sort(entries, StringComparer.Ordinal);
            foreach (string path in entries)
            {
                if (FileSystemName.MatchesSimpleExpression(Path.GetFileName(match), Path.GetFileName(path), ignoreCase: false) && Node(path) is { } node && !DefaultDevices.All.Any(known => known.Path == node.Path))
                {
                    found.Add(node);
                }
            }

            if (found.Count == before && !DefaultDevices.All.Any(known => "/dev/" + known.Path == match))
            {
                problems.Add(new($"device[{i}].match", match, $"no device node of this host matches {match}"));
            }
        }

        return found;
    }

    private static DeviceNode? Node(string path)
    {
        if (FileStatus.Of(path, follow: true) is not { } status || (status.Mode & TypeMask) is not (Character or Block))
        {
            return null;
        }

        ulong device = status.SpecialDevice;
        uint major = (uint)(((device >> 8) & 0xfff) | ((device >> 32) & 0xfffff000));
        uint minor = (uint)((device & 0xff) | ((device >> 12) & 0xffffff00));
        return new(path["/dev/".Length..], major, minor, status.Mode);
    }
}
