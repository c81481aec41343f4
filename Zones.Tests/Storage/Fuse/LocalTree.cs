using System.Text;
using Zones.Storage.Fuse;
using Zones.Wire;

namespace Zones.Tests.Storage.Fuse;

/// <summary>A directory of this host as a mount's other side, so that the kernel's protocol can be tried without a server. Handles
/// are numbers of paths, so they mean the same to every tree of the same process.</summary>
internal sealed class LocalTree : IRemoteTree
{
    private readonly List<string> _paths = [];
    private readonly Dictionary<string, int> _numbers = [];

    public LocalTree(string directory) => Root = Handle(directory);

    public byte[] Root { get; }

    /// <summary>Completed when the other side answers; a new one lets everybody wait.</summary>
    public TaskCompletionSource Answering { get; set; } = Done();

    /// <summary>How many calls came.</summary>
    public int Calls;

    public static TaskCompletionSource Done()
    {
        TaskCompletionSource done = new();
        done.SetResult();
        return done;
    }

    public async ValueTask<RemoteEntry> LookupAsync(byte[] directory, byte[] name, CancellationToken cancellationToken)
    {
        await ArriveAsync(cancellationToken);
        return Entry(Path.Combine(PathOf(directory), Encoding.UTF8.GetString(name)));
    }

    public async ValueTask<RemoteEntry> GetAttributesAsync(byte[] file, CancellationToken cancellationToken)
    {
        await ArriveAsync(cancellationToken);
        return Entry(PathOf(file));
    }

    public async ValueTask<RemoteData> ReadLinkAsync(byte[] link, CancellationToken cancellationToken)
    {
        await ArriveAsync(cancellationToken);
        return new(0, Encoding.UTF8.GetBytes(new FileInfo(PathOf(link)).LinkTarget!));
    }

    public async ValueTask<(int Errno, int Length)> ReadAsync(byte[] file, ulong offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await ArriveAsync(cancellationToken);
        using FileStream stream = File.OpenRead(PathOf(file));
        stream.Seek((long)offset, SeekOrigin.Begin);
        return (0, stream.ReadAtLeast(buffer.Span, buffer.Length, throwOnEndOfStream: false));
    }

    public async ValueTask<RemotePage> ListAsync(byte[] directory, ulong cookie, ulong verifier, bool plus, CancellationToken cancellationToken)
    {
        await ArriveAsync(cancellationToken);
        const int page = 300;
        string[] names = [".", "..", .. Directory.GetFileSystemEntries(PathOf(directory)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        List<RemoteDirectoryEntry> entries = [];
        for (int i = (int)cookie; i < names.Length && entries.Count < page; i++)
        {
            RemoteEntry? file = plus && i > 1 ? Entry(Path.Combine(PathOf(directory), names[i])) : null;
            entries.Add(new(file?.Attributes?.Inode ?? 1, (ulong)(i + 1), Encoding.UTF8.GetBytes(names[i]), file));
        }

        return new(0, entries, 7, (int)cookie + entries.Count == names.Length);
    }

    public async ValueTask<(int Errno, FuseFileSystem Status)> StatFileSystemAsync(byte[] file, CancellationToken cancellationToken)
    {
        await ArriveAsync(cancellationToken);
        return (0, new() { Blocks = 1000, BlockSize = 4096, FragmentSize = 4096, NameLength = 255 });
    }

    private async Task ArriveAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Calls);
        await Task.Yield();
        await Answering.Task.WaitAsync(cancellationToken);
    }

    private unsafe RemoteEntry Entry(string path)
    {
        ulong* status = stackalloc ulong[18]; // struct stat
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            long result = Kernel.Call(Linux.Lstat, (long)name, (long)status);
            return result < 0 ? new((int)-result, default, null) : new(0, Handle(path), new()
            {
                Inode = status[1],
                Links = (uint)status[2],
                Mode = (uint)status[3],
                User = (uint)(status[3] >> 32),
                Group = (uint)status[4],
                Size = status[6],
                BlockSize = 4096,
                Blocks = status[8],
                ModificationTime = status[11],
                ModificationNanoseconds = (uint)status[12],
            });
        }
    }

    private byte[] Handle(string path)
    {
        lock (_paths)
        {
            if (!_numbers.TryGetValue(path, out int number))
            {
                _numbers[path] = number = _paths.Count;
                _paths.Add(path);
            }

            return BitConverter.GetBytes(number);
        }
    }

    private string PathOf(byte[] handle)
    {
        lock (_paths)
        {
            return _paths[BitConverter.ToInt32(handle)];
        }
    }
}
