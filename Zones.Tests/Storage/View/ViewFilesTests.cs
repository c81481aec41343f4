using Zones.Cgroups;
using Zones.Storage.View;
using Zones.Tests.Support;

namespace Zones.Tests.Storage.View;

/// <summary>The files from the control files of either version, as they are laid out in a directory of the test's own.</summary>
public sealed class ViewFilesTests
{
    private const long Cap = 100 << 20;

    [Fact]
    public void Memory_of_version_2()
    {
        using TemporaryDirectory cgroups = new();
        Write(cgroups.Path, "z/memory.max", Cap, "z/memory.current", 60 << 20, "z/memory.swap.max", 0);
        File.WriteAllText(cgroups.Path + "/z/memory.stat", $"anon {20 << 20}\nfile {40 << 20}\ninactive_file {30 << 20}\nactive_file {5 << 20}\nslab_reclaimable {1 << 20}\n");
        AssertMemory(MemoryFiles.Information(new(new(cgroups.Path, new HashSet<string> { "memory" }, new Dictionary<string, string>()), "z")), available: (40 + 36) << 10);
    }

    [Fact]
    public void Memory_of_version_1()
    {
        using TemporaryDirectory cgroups = new();
        Write(cgroups.Path, "memory/z/memory.limit_in_bytes", Cap, "memory/z/memory.usage_in_bytes", 60 << 20, "memory/z/memory.memsw.limit_in_bytes", Cap);
        File.WriteAllText(cgroups.Path + "/memory/z/memory.stat", $"cache 1\nrss 1\ntotal_rss {20 << 20}\ntotal_cache {40 << 20}\ntotal_inactive_file {30 << 20}\ntotal_active_file {5 << 20}\n");
        AssertMemory(MemoryFiles.Information(new(Legacy(cgroups.Path, "memory"), "z")), available: (40 + 35) << 10);
    }

    [Fact]
    public void Memory_without_a_cap_is_the_hosts()
    {
        using TemporaryDirectory cgroups = new();
        Write(cgroups.Path, "memory/z/memory.limit_in_bytes", 9223372036854771712, "memory/z/memory.usage_in_bytes", 60 << 20);
        string host = Line(File.ReadAllText("/proc/meminfo"), "MemTotal");
        Assert.Equal(host, Line(MemoryFiles.Information(new(Legacy(cgroups.Path, "memory"), "z")), "MemTotal"));
        Assert.Equal(host, Line(MemoryFiles.Information(new(Legacy(cgroups.Path), "z")), "MemTotal"));
    }

    [Theory]
    [InlineData("50000 100000", "0-1", "0")]
    [InlineData("100000 100000", "1", "1")]
    [InlineData("max 100000", "1", "1")]
    public void Processors_are_as_many_as_the_time_suffices_for(string time, string named, string shown)
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "this host has one processor");
        using TemporaryDirectory cgroups = new();
        Directory.CreateDirectory(cgroups.Path + "/z");
        File.WriteAllText(cgroups.Path + "/z/cpu.max", time + "\n");
        File.WriteAllText(cgroups.Path + "/z/cpuset.cpus.effective", named + "\n");
        File.WriteAllText(cgroups.Path + "/z/cpu.stat", "usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\n");
        ZoneCgroups zone = new(new(cgroups.Path, new HashSet<string> { "cpu", "cpuset" }, new Dictionary<string, string>()), "z");
        Assert.Equal(shown + "\n", ProcessorFiles.Online(zone));
        Assert.StartsWith("cpu 200 0 100 ", ProcessorFiles.Statistics(zone));
        Assert.Contains($"\ncpu{shown} 200 0 100 ", ProcessorFiles.Statistics(zone));
        Assert.StartsWith($"processor\t: {shown}\n", ProcessorFiles.Information(zone));
    }

    private static void AssertMemory(string text, long available)
    {
        Assert.Equal("102400 kB", Line(text, "MemTotal"));
        Assert.Equal($"{40 << 10} kB", Line(text, "MemFree"));
        Assert.Equal($"{available} kB", Line(text, "MemAvailable"));
        Assert.Equal($"{40 << 10} kB", Line(text, "Cached"));
        Assert.Equal($"{20 << 10} kB", Line(text, "AnonPages"));
        Assert.Equal("0 kB", Line(text, "SwapTotal"));
    }

    private static string Line(string text, string name) => text.Split('\n').Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(':')[1].Trim();

    private static CgroupLayout Legacy(string root, params string[] controllers) =>
        new(root, new HashSet<string>(), controllers.ToDictionary(name => name, name => $"{root}/{name}"));

    private static void Write(string root, params object[] files)
    {
        foreach (object[] pair in files.Chunk(2))
        {
            string path = $"{root}/{pair[0]}";
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"{pair[1]}\n");
        }
    }
}
