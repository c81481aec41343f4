namespace Zones.Benchmarks;

/// <summary>What domains boot from here: Debian's cloud kernel, its package unpacked and not installed, and a small Debian, as the tests have made them.
/// Here they could not be fetched: the measurements have a network of their own.</summary>
internal static class GuestKernel
{
    /// <summary>Where the kernel's package is unpacked.</summary>
    public static string Package(Settings settings) => Path.Combine(Image(settings), "kernel");

    /// <summary>The small Debian.</summary>
    public static string Root(Settings settings) => Path.Combine(Image(settings), "root");

    private static string Image(Settings settings)
    {
        string images = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(settings.Floor)!, "..", "guest"));
        return Directory.Exists(images) && Directory.GetDirectories(images, "linux-image-*") is [.., { } image]
            ? image
            : throw new InvalidOperationException($"{images}: there is no kernel; ./build.sh Test makes one");
    }
}
