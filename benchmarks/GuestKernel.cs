namespace Zones.Benchmarks;

/// <summary>What domains boot from here: Debian's cloud kernel, its package unpacked and not installed, and a small Debian.</summary>
internal static class GuestKernel
{
    /// <summary>Where the kernel's package is unpacked; fetched when it is not there.</summary>
    public static string Get(Settings settings)
    {
        string directory = Path.Combine(Artifacts(settings), "bench", "kernel");
        if (!Directory.Exists(directory))
        {
            string making = directory + ".new";
            const string script = """
                rm -rf "$1" && mkdir -p "$1" && cd "$1"
                package=$(apt-cache depends --important linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)$/\1/p' | head -1)
                apt-get download -q "$package" && dpkg -x "$package"_*.deb . && rm "$package"_*.deb
                """;
            Command.Run(["sh", "-ec", script, "sh", making]);
            Directory.Move(making, directory);
        }

        return directory;
    }

    /// <summary>The small Debian.</summary>
    public static string DebianRoot(Settings settings) => Path.Combine(Artifacts(settings), "debian-root");

    private static string Artifacts(Settings settings) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(settings.Floor)!, ".."));
}
