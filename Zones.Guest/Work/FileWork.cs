using System.Diagnostics;
using Zones.Wire;

namespace Zones.Guest.Work;

/// <summary>Files of the shared root: the same ones everywhere, because names are taken in their order and not in that of the file system.</summary>
internal sealed unsafe class FileWork
{
    private const int MostFiles = 400, MostDirectories = 200, LargestFile = 256 << 10;
    private const int TypeMask = 0xF000, Directory = 0x4000, Regular = 0x8000;

    private readonly List<byte[]> _paths = [];
    private readonly byte[] _buffer = new byte[64 << 10];

    private FileWork()
    {
    }

    public int Count => _paths.Count;

    /// <summary>Files below /usr/share, else below /usr, else anywhere in the root; null where there are none.</summary>
    public static FileWork? Find()
    {
        foreach (string top in (string[])["/usr/share", "/usr", "/etc"])
        {
            FileWork files = new();
            files.Walk(top);
            if (files.Count > 0)
            {
                return files;
            }
        }

        return null;
    }

    /// <summary>Opens, reads and closes each once.</summary>
    public TimeSpan ReadAll()
    {
        long start = Stopwatch.GetTimestamp();
        _paths.ForEach(path => ReadFile(path));
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>stat(2) of each, again and again.</summary>
    /// <returns>Seconds a file.</returns>
    public double Look(TimeSpan time)
    {
        long looks = 0, start = Stopwatch.GetTimestamp();
        TimeSpan passed;
        do
        {
            _paths.ForEach(path => Mode(path, out _));
            looks += _paths.Count;
            passed = Stopwatch.GetElapsedTime(start);
        }
        while (passed < time);
        return passed.TotalSeconds / looks;
    }

    /// <summary>Opening, reading and closing each, again and again.</summary>
    public double ReadBytesPerSecond(TimeSpan time)
    {
        long bytes = 0, start = Stopwatch.GetTimestamp();
        TimeSpan passed;
        do
        {
            _paths.ForEach(path => bytes += ReadFile(path));
            passed = Stopwatch.GetElapsedTime(start);
        }
        while (passed < time);
        return bytes / passed.TotalSeconds;
    }

    private void Walk(string top)
    {
        Queue<string> directories = new([top]);
        for (int seen = 0; seen < MostDirectories && directories.TryDequeue(out string? directory); seen++)
        {
            List<string> names = Call.List(directory);
            names.Sort(StringComparer.Ordinal);
            foreach (string name in names)
            {
                byte[] path = Call.Text($"{directory}/{name}");
                switch (Mode(path, out long size) & TypeMask)
                {
                    case Directory:
                        directories.Enqueue($"{directory}/{name}");
                        break;
                    case Regular when size <= LargestFile:
                        _paths.Add(path);
                        break;
                }

                if (_paths.Count == MostFiles)
                {
                    return;
                }
            }
        }
    }

    private int ReadFile(byte[] path)
    {
        int file = Kernel.Open(path, Linux.O_RDONLY), length = 0;
        if (file >= 0)
        {
            fixed (byte* buffer = _buffer)
            {
                for (long read; (read = Kernel.Call(Linux.Read, file, (long)buffer, _buffer.Length)) > 0;)
                {
                    length += (int)read;
                }
            }

            Kernel.Close(file);
        }

        return length;
    }

    /// <summary>lstat(2): struct stat has the mode at byte 24 and the size at byte 48; 0 when there is no such file.</summary>
    private static int Mode(byte[] path, out long size)
    {
        const int length = 144;
        byte* status = stackalloc byte[length];
        fixed (byte* name = path)
        {
            bool there = Kernel.Call(Linux.Newfstatat, Linux.AT_FDCWD, (long)name, (long)status, Linux.AT_SYMLINK_NOFOLLOW) == 0;
            size = there ? *(long*)(status + 48) : 0;
            return there ? *(int*)(status + 24) : 0;
        }
    }
}
