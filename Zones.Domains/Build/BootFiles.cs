namespace Zones.Domains.Build;

/// <summary>Files that a domain is to find in its /etc: one archive more, behind its initial root, from which process 1 takes them.</summary>
internal static class BootFiles
{
    /// <summary>Where they are in the initial root.</summary>
    public const string Directory = "/etc";

    /// <summary>Appends them to an initial root.</summary>
    /// <param name="initrd">Its path.</param>
    /// <param name="files">Their names in /etc.</param>
    public static void Append(string initrd, IEnumerable<(string Name, byte[] Content)> files)
    {
        using FileStream output = new(initrd, FileMode.Append);
        output.Write(new byte[-output.Length & 3]);
        CpioWriter archive = new(output);
        archive.AddDirectory(Directory[1..]);
        foreach ((string name, byte[] content) in files)
        {
            archive.AddFile($"{Directory[1..]}/{name}", content);
        }

        archive.Finish();
    }
}
