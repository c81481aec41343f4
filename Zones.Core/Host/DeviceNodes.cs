using System.IO.Enumeration;
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
        uint* stat = stackalloc uint[36]; // struct stat of x86-64: st_mode at byte 24, st_rdev at byte 40
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            const long statNumber = 4;
            if (Kernel.Call(statNumber, (long)name, (long)stat) < 0 || (stat[6] & TypeMask) is not (Character or Block))
            {
                return null;
            }

            ulong device = *(ulong*)(stat + 10);
            uint major = (uint)(((device >> 8) & 0xfff) | ((device >> 32) & 0xfffff000));
            uint minor = (uint)((device & 0xff) | ((device >> 12) & 0xffffff00));
            return new(path["/dev/".Length..], major, minor, stat[6]);
        }
    }
}
