using System.Text.Json.Nodes;

namespace Zones.Benchmarks;

/// <summary>An OCI bundle that runs /bin/true over the host's own directories, as close to a sparse zone as a container
/// gets: what <c>runc spec</c> writes, with the same directories shared read-only.</summary>
internal sealed class OciBundle
{
    private static readonly string[] TopLevel = ["usr", "lib", "lib32", "lib64", "libx32", "bin", "sbin"];

    private int _next;

    /// <param name="directory">Where it is made.</param>
    /// <param name="command">What runs in it; /bin/true unless given.</param>
    public OciBundle(string directory, params string[] command)
    {
        Directory = directory;
        string root = Path.Combine(directory, "rootfs");
        System.IO.Directory.CreateDirectory(root);
        Command.Run(["runc", "spec", "--bundle", directory]);
        string config = Path.Combine(directory, "config.json");
        JsonNode spec = JsonNode.Parse(File.ReadAllText(config))!;
        spec["process"]!["terminal"] = false;
        spec["process"]!["args"] = new JsonArray([.. (command.Length > 0 ? command : ["/bin/true"]).Select(word => (JsonNode)word)]);
        JsonArray mounts = spec["mounts"]!.AsArray();
        foreach (string name in TopLevel)
        {
            DirectoryInfo outside = new("/" + name);
            string inside = Path.Combine(root, name);
            if (outside.LinkTarget is { } target)
            {
                File.CreateSymbolicLink(inside, target);
            }
            else if (outside.Exists)
            {
                System.IO.Directory.CreateDirectory(inside);
                mounts.Add(new JsonObject
                {
                    ["destination"] = "/" + name,
                    ["source"] = "/" + name,
                    ["type"] = "none",
                    ["options"] = new JsonArray("bind", "ro"),
                });
            }
        }

        File.WriteAllText(config, spec.ToJsonString());
    }

    public string Directory { get; }

    /// <summary>One <c>run</c>, from nothing to nothing; milliseconds.</summary>
    /// <param name="runtime">The program and its global options.</param>
    public double Run(params string[] runtime) => Command.Run([.. runtime, "run", "--bundle", Directory, $"zones-bench-{Environment.ProcessId}-{_next++}"]);
}
