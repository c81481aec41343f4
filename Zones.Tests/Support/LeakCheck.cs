namespace Zones.Tests.Support;

/// <summary>What a test may not leave behind: mounts, cgroups, links, namespaces, processes and descriptors. Taken before, compared after.</summary>
public sealed class LeakCheck
{
    private readonly HashSet<string> _mounts = Mounts();
    private readonly HashSet<string> _cgroups = Cgroups();
    private readonly HashSet<string> _links = Links();

    /// <summary>Fails with what is there now and was not before; waits a little for what the kernel takes away by itself.</summary>
    /// <param name="stateDirectory">Processes and namespaces of this state directory count as well.</param>
    public async Task AssertNothingLeftAsync(string stateDirectory)
    {
        List<string> left = [];
        for (int attempt = 0; attempt < 100; attempt++)
        {
            left = Left(stateDirectory);
            if (left.Count == 0)
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail("left behind:\n" + string.Join('\n', left));
    }

    private List<string> Left(string stateDirectory) =>
    [
        .. Mounts().Where(mount => !_mounts.Contains(mount)).Select(mount => "mount " + mount),
        .. Cgroups().Where(cgroup => !_cgroups.Contains(cgroup)).Select(cgroup => "cgroup " + cgroup),
        .. Links().Where(link => !_links.Contains(link)).Select(link => "link " + link),
        .. Processes(stateDirectory).Select(process => "process " + process),
    ];

    private static HashSet<string> Mounts() =>
        [.. File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(path => !path.StartsWith("/proc/sys/fs/binfmt", StringComparison.Ordinal))];

    private static HashSet<string> Cgroups() =>
        [.. Directory.EnumerateDirectories("/sys/fs/cgroup", "*zones*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true })];

    private static HashSet<string> Links() => [.. Directory.EnumerateDirectories("/sys/class/net").Select(path => Path.GetFileName(path))];

    /// <summary>zoned and everything it keeps: whatever names the state directory on its command line, or descends from such.</summary>
    private static List<string> Processes(string stateDirectory)
    {
        List<string> found = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out int pid) || pid == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                string command = File.ReadAllText(directory + "/cmdline").Replace('\0', ' ');
                string cgroup = File.ReadAllText(directory + "/cgroup");
                if (command.Contains(stateDirectory + " ", StringComparison.Ordinal) || cgroup.Contains("/zones/", StringComparison.Ordinal))
                {
                    found.Add($"{pid} {command}");
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }
}
