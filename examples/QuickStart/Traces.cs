namespace QuickStart;

/// <summary>What a zone leaves in the kernel while it runs, as anybody can read it in /proc and /sys.</summary>
/// <param name="Mounts">Mount points that have to do with the state directory.</param>
/// <param name="Links">Network links of the host.</param>
/// <param name="Cgroups">Directories below /sys/fs/cgroup.</param>
/// <param name="Namespaces">Names such as <c>net:[4026532281]</c>.</param>
/// <param name="Processes">Process numbers.</param>
internal sealed record Traces(
    IReadOnlySet<string> Mounts,
    IReadOnlySet<string> Links,
    IReadOnlySet<string> Cgroups,
    IReadOnlySet<string> Namespaces,
    IReadOnlySet<string> Processes)
{
    private const string CgroupRoot = "/sys/fs/cgroup";

    /// <summary>What the host has, as far as it could be ours.</summary>
    /// <param name="state">The state directory.</param>
    public static Traces OfHost(string state) => new(
        File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(state, StringComparison.Ordinal)).ToHashSet(),
        Directory.GetFileSystemEntries("/sys/class/net").ToHashSet(),
        Directory.EnumerateDirectories(CgroupRoot, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(path => path.Contains("zone", StringComparison.Ordinal)).ToHashSet(),
        new HashSet<string>(),
        Numbers().Where(pid => Environment.ProcessId.ToString() != pid && Belongs(pid, state)).ToHashSet());

    /// <summary>What one zone holds that others do not.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="pid">Its process 1, by the host's number.</param>
    public static Traces OfZone(string state, int pid)
    {
        HashSet<string> namespaces = NamespacesOf(pid.ToString());
        namespaces.ExceptWith(NamespacesOf("self"));
        string pidNamespace = Link($"/proc/{pid}/ns/pid")!;
        IEnumerable<string> cgroups = File.ReadLines($"/proc/{pid}/cgroup").Select(line => line.Split(':', 3)).Where(part => part[2] != "/")
            .SelectMany(part => new[] { part[1], "unified", "" }, (part, hierarchy) => $"{CgroupRoot}/{hierarchy}{part[2]}").Where(Directory.Exists);
        HashSet<string> shared = File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)[2]).ToHashSet();
        return OfHost(state) with
        {
            Cgroups = cgroups.Where(path => !shared.Any(own => own != "/" && path.EndsWith(own, StringComparison.Ordinal))).ToHashSet(),
            Namespaces = namespaces,
            Processes = Numbers().Where(other => Link($"/proc/{other}/ns/pid") == pidNamespace).ToHashSet(),
        };
    }

    /// <summary>What is still there of what came after <paramref name="before"/>; processes get a moment to end.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="before">The host before the first zone.</param>
    /// <param name="held">The zone while it ran.</param>
    /// <param name="patience">How long zoned, which has nothing left to do, may take to end.</param>
    public static async Task<IReadOnlyList<string>> LeftAsync(string state, Traces before, Traces held, TimeSpan patience)
    {
        List<string> left;
        TimeSpan step = TimeSpan.FromMilliseconds(50);
        do
        {
            Traces now = OfHost(state);
            HashSet<string> namespaces = Numbers().SelectMany(NamespacesOf).ToHashSet();
            left =
            [
                .. now.Mounts.Except(before.Mounts).Select(mount => $"a mount is left: {mount}"),
                .. now.Links.Except(before.Links).Select(link => $"a link is left: {link}"),
                .. now.Cgroups.Except(before.Cgroups).Union(held.Cgroups.Where(Directory.Exists)).Select(path => $"a cgroup is left: {path}"),
                .. held.Namespaces.Where(namespaces.Contains).Select(name => $"a namespace is left: {name}"),
                .. now.Processes.Except(before.Processes).Select(pid => $"a process is left: {pid} {Text($"/proc/{pid}/cmdline").Replace('\0', ' ')}"),
            ];
            await Task.Delay(step);
            patience -= step;
        }
        while (left.Count > 0 && patience > TimeSpan.Zero);
        return left;
    }

    private static IEnumerable<string> Numbers() => Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)).Where(name => char.IsAsciiDigit(name[0]));

    private static bool Belongs(string pid, string state) =>
        Text($"/proc/{pid}/cmdline").Contains(state, StringComparison.Ordinal) || (Link($"/proc/{pid}/exe")?.StartsWith(state, StringComparison.Ordinal) ?? false);

    private static HashSet<string> NamespacesOf(string pid) =>
        new[] { "mnt", "pid", "net", "ipc", "uts", "user", "cgroup" }.Select(kind => Link($"/proc/{pid}/ns/{kind}")).OfType<string>().ToHashSet();

    // A process may end at any moment between being listed and being read.
    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
