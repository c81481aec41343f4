namespace Zones.Benchmarks;

/// <summary>What both servers export: a file that the kernel has in memory, and a directory with many entries.</summary>
internal static class NfsTree
{
    public const string File = "file", Directory = "directory";

    public const int FileSize = 256 << 20, Entries = 50_000;

    public static void Make(string directory)
    {
        byte[] megabyte = new byte[1 << 20];
        Random.Shared.NextBytes(megabyte);
        using (FileStream file = System.IO.File.Create(Path.Combine(directory, File)))
        {
            for (int i = 0; i < FileSize / megabyte.Length; i++)
            {
                file.Write(megabyte);
            }
        }

        DirectoryInfo many = System.IO.Directory.CreateDirectory(Path.Combine(directory, Directory));
        for (int i = 0; i < Entries; i++)
        {
            System.IO.File.Create(Path.Combine(many.FullName, NameOf(i))).Dispose();
        }
    }

    public static string NameOf(int entry) => $"entry-{entry:00000}";
}
