using System.Runtime.InteropServices;
using System.Text;
using Zones.Wire;

namespace Zones.Interop;

/// <summary>Tells that files change (inotify(7)), by one instance for the whole process: the kernel lets a user have few, 128 unless it is told otherwise. The instance
/// and its thread go with the last file.</summary>
internal static unsafe class FileChanges
{
    private const uint Modified = 2, Created = 0x100, Overflowed = 0x4000; // IN_MODIFY, IN_CREATE, IN_Q_OVERFLOW

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<int, List<Watch>> s_watches = [];
    private static SafeFd? s_instance;

    /// <summary>Watches a file.</summary>
    /// <param name="path">The file, not what may be at its path later.</param>
    /// <returns>Null when the kernel does not: look from time to time.</returns>
    public static Watch? Of(string path) => Add(path, Modified, null);

    /// <summary>Watches whatever has a name in a directory, when it is there.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <returns>Null when the kernel does not: look from time to time.</returns>
    public static Watch? In(string directory, string name) => Add(directory, Modified | Created, Encoding.UTF8.GetBytes(name));

    private static Watch? Add(string path, uint events, byte[]? name)
    {
        lock (s_lock)
        {
            s_instance ??= Begin();
            fixed (byte* file = Encoding.UTF8.GetBytes(path + "\0"))
            {
                // Of one file it is the same number again.
                long number = s_instance is null ? -1 : Kernel.Call(Linux.InotifyAddWatch, s_instance.Number, (long)file, events);
                if (number < 0)
                {
                    return null;
                }

                Watch watch = new((int)number, name);
                (CollectionsMarshal.GetValueRefOrAddDefault(s_watches, watch.Number, out _) ??= []).Add(watch);
                return watch;
            }
        }
    }

    private static SafeFd? Begin()
    {
        SafeFd? instance = Kernel.Descriptor(Kernel.Call(Linux.InotifyInit1, Linux.O_CLOEXEC), out _);
        if (instance is not null)
        {
            new Thread(() => Read(instance)) { IsBackground = true, Name = "file changes" }.Start();
        }

        return instance;
    }

    /// <summary>Until the instance is not in use any more, which is seen with the event of the last watch's end; a file that was gone before has none.</summary>
    private static void Read(SafeFd instance)
    {
        const int most = 4096, header = 16; // struct inotify_event: watch, mask, cookie, length of a name, and that for what is in a directory
        byte* events = stackalloc byte[most];
        using (instance)
        {
            while (true)
            {
                long length = Polling.Readable(instance, Idle) ? Kernel.Call(Linux.Read, instance.Number, (long)events, most) : 0;
                lock (s_lock)
                {
                    if (s_instance != instance)
                    {
                        return;
                    }

                    for (long at = 0, size; at + header <= length; at += header + size)
                    {
                        size = *(uint*)(events + at + 12);
                        Tell(*(int*)(events + at), *(uint*)(events + at + 4), new ReadOnlySpan<byte>(events + at + header, (int)size).TrimEnd((byte)0));
                    }
                }
            }
        }
    }

    private static void Tell(int number, uint mask, ReadOnlySpan<byte> name)
    {
        foreach (Watch watch in (mask & Overflowed) != 0 ? s_watches.Values.SelectMany(all => all) : s_watches.GetValueOrDefault(number, []))
        {
            if (watch.Name is null || (mask & Overflowed) != 0 || name.SequenceEqual(watch.Name))
            {
                watch.Tell();
            }
        }
    }

    /// <summary>A file that is watched.</summary>
    internal sealed class Watch(int number, byte[]? name) : IDisposable
    {
        private readonly SemaphoreSlim _changed = new(0);

        public int Number => number;

        /// <summary>Of what is watched in a directory.</summary>
        public byte[]? Name => name;

        /// <summary>Ends when the file has changed since the last time, or after a while.</summary>
        public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) => _changed.WaitAsync(most, cancellationToken);

        public void Dispose()
        {
            lock (s_lock)
            {
                if (s_watches.TryGetValue(number, out List<Watch>? all) && all.Remove(this) && all.Count == 0)
                {
                    s_watches.Remove(number);
                    Kernel.Call(Linux.InotifyRmWatch, s_instance!.Number, number);
                    s_instance = s_watches.Count == 0 ? null : s_instance;
                }
            }
        }

        public void Tell()
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }
}
