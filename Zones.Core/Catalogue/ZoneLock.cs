using Zones.Interop;
using Zones.Wire;

namespace Zones.Catalogue;

/// <summary>The lock of one zone, across threads and processes: flock(2) on STATE/lock/NAME, gone with whoever held it.</summary>
internal sealed class ZoneLock : IDisposable
{
    private const int Exclusive = 2, NonBlocking = 4;
    private const int LongestPause = 10; // ms; flock(2) has no way to wait that a cancellation could end

    private readonly SafeFd _file;
    private readonly string _path;

    private ZoneLock(SafeFd file, string path)
    {
        _file = file;
        _path = path;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Where the files of all locks are.</summary>
    public static string DirectoryOf(string stateDirectory) => Path.Combine(stateDirectory, "lock");

    /// <summary>Waits for the lock.</summary>
    /// <param name="stateDirectory">The state directory.</param>
    /// <param name="name">A valid zone name, or a name with a leading dot for what is not a zone.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<ZoneLock> AcquireAsync(string stateDirectory, string name, CancellationToken cancellationToken)
    {
        int pause = 1;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(stateDirectory, name) is { } taken)
            {
                return taken;
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            pause = Math.Min(pause * 2, LongestPause);
        }
    }

    /// <summary>Removes the file, when the zone is deleted or nothing is left that the lock is about. Whoever waits for it notices that its file is not the one
    /// of that name any more, and takes another: nothing more is done under this one.</summary>
    public void Remove() => File.Delete(_path);

    /// <summary>Takes the lock; null when somebody has it.</summary>
    /// <param name="stateDirectory">The state directory.</param>
    /// <param name="name">As of <see cref="AcquireAsync"/>.</param>
    public static ZoneLock? TryAcquire(string stateDirectory, string name)
    {
        string directory = DirectoryOf(stateDirectory);
        string path = Path.Combine(directory, name);
        SafeFd? file = Kernel.Open(path, Linux.O_RDWR | Linux.O_CREAT | Linux.O_NOFOLLOW, out int errno, 0x180 /* 0600 */);
        if (file is null && errno == Linux.ENOENT)
        {
            MakeDirectory(directory);
            file = Kernel.Open(path, Linux.O_RDWR | Linux.O_CREAT | Linux.O_NOFOLLOW, out errno, 0x180);
        }

        if (file is null)
        {
            throw KernelError.On("cannot open the lock", path, errno, errno == Linux.EACCES ? NeedsRoot.Advice : null);
        }

        if (Kernel.Call(Linux.Flock, file.Number, Exclusive | NonBlocking) == 0 && NamedFile.Is(file.Number, path))
        {
            return new(file, path);
        }

        file.Dispose();
        return null;
    }

    private static unsafe void MakeDirectory(string directory)
    {
        fixed (byte* start = System.Text.Encoding.UTF8.GetBytes(directory + "\0"))
        {
            long made = Kernel.Call(Linux.Mkdir, start, 0x1C0 /* 0700 */);
            if (made is < 0 and not -Linux.EEXIST)
            {
                throw KernelError.On("cannot make the directory of the locks", directory, (int)-made);
            }
        }
    }
}
