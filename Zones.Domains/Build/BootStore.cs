using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Domains.Build;

/// <summary>What domains boot from, in STATE/domains: the parts that many have in common are made once and named by their content's
/// digest. An initial root is the domain's own part and the common one, compressed, behind it: Linux takes one after the other. In the other
/// order Xen's domain builder takes the whole for one compressed file, and fails. Each domain has a second name there for each of the two parts
/// that it boots from, which says how long they are needed; names of zones have no plus.</summary>
/// <param name="directory">STATE/domains.</param>
/// <param name="program">The program zone-guest.</param>
internal sealed class BootStore(string directory, string program)
{
    private const int Shared = 1, Exclusive = 2, NonBlocking = 4; // of flock(2)

    /// <summary>Puts a domain's kernel and initial root into a directory; both may be there already.</summary>
    /// <param name="files">The kernel and its modules.</param>
    /// <param name="settings">What the initial root is told.</param>
    /// <param name="zone">The domain.</param>
    /// <param name="target">Where <c>kernel</c> and <c>initrd</c> go.</param>
    /// <param name="owner">User and group of the initial root, which nobody else may read.</param>
    /// <returns>Whether the domain boots from something else than before, so that what it had may be needed no more.</returns>
    public bool Write(KernelFiles files, GuestSettings settings, string zone, string target, uint owner)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using SafeFd? unswept = Lock(Shared);
        string kernel = Common("kernel", [files.Image.Path], (output, contents) => output.Write(contents[0]));
        Link(kernel, Path.Combine(target, "kernel"));
        string common = Common("root", [program, .. files.Modules], (output, contents) => WriteCommon(output, files.Modules, contents));
        string path = Path.Combine(target, "initrd");
        File.Delete(path);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead };
        using FileStream initrd = new(path, options);
        CpioWriter own = new(initrd);
        own.AddFile(GuestSettings.File[1..], settings.Write(), 0x100 /* 0400 */);
        own.Finish();
        using (FileStream from = File.OpenRead(common))
        {
            from.CopyTo(initrd);
        }

        long owned = Kernel.Call(Linux.Fchown, (int)initrd.SafeFileHandle.DangerousGetHandle(), owner, owner);
        if (owned < 0)
        {
            throw KernelError.On("cannot give the domain's machine", path, (int)-owned);
        }

        return Refer(zone, "kernel", kernel) | Refer(zone, "root", common);
    }

    /// <summary>Removes what no domain boots from any more, and what nobody has finished. Does nothing while a domain is being made ready: the next that changes does it.</summary>
    /// <param name="installed">Zones that are installed, asked for when nobody is made ready: one that comes after that makes its parts anew.</param>
    public void Sweep(Func<IReadOnlySet<string>> installed)
    {
        using SafeFd? alone = Lock(Exclusive | NonBlocking);
        if (alone is null)
        {
            return;
        }

        IReadOnlySet<string> zones = installed();
        ILookup<bool, string> names = Directory.GetFiles(directory).Select(file => Path.GetFileName(file)!).ToLookup(name => name.Contains('+', StringComparison.Ordinal));
        foreach (string name in names[true].Where(name => !zones.Contains(name[(name.IndexOf('+') + 1)..])))
        {
            File.Delete(Path.Combine(directory, name));
        }

        foreach (string part in names[false].Select(name => Path.Combine(directory, name)).Where(part => Path.HasExtension(part) || FileStatus.Of(part) is { Names: 1 }))
        {
            File.Delete(part);
        }
    }

    /// <summary>Null when it is another's.</summary>
    private SafeFd? Lock(int operation)
    {
        SafeFd? file = Kernel.Open(directory, Linux.O_RDONLY | Linux.O_DIRECTORY, out _);
        if (file is not null && Kernel.Call(Linux.Flock, file.Number, operation) == 0)
        {
            return file;
        }

        file?.Dispose();
        return null;
    }

    /// <summary>Gives a part the domain's name; false when it has it.</summary>
    private bool Refer(string zone, string kind, string part)
    {
        string name = Path.Combine(directory, $"{kind}+{zone}");
        if (FileStatus.Of(name)?.Inode == FileStatus.Of(part)?.Inode)
        {
            return false;
        }

        Link(part, name);
        return true;
    }

    /// <summary>A file of the store, made if it is not there.</summary>
    private string Common(string kind, IReadOnlyList<string> sources, Action<Stream, byte[][]> write)
    {
        byte[][] contents = [.. sources.Select(ModuleFile.Read)];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < contents.Length; i++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(sources[i])} {contents[i].Length}\n"));
            hash.AppendData(contents[i]);
        }

        string path = Path.Combine(directory, $"{kind}-{Convert.ToHexStringLower(hash.GetHashAndReset())}");
        if (!File.Exists(path))
        {
            string making = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
            FileStreamOptions options = new()
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            };
            try
            {
                using (FileStream file = new(making, options))
                {
                    write(file, contents);
                }

                File.Move(making, path, overwrite: true);
            }
            catch
            {
                File.Delete(making);
                throw;
            }
        }

        return path;
    }

    private static void WriteCommon(Stream output, IReadOnlyList<string> modules, byte[][] contents)
    {
        using GZipStream packed = new(output, CompressionLevel.SmallestSize, leaveOpen: true);
        CpioWriter archive = new(packed);
        foreach (string made in (string[])["dev", "proc", "sys", "modules", "export", "layer", "root"])
        {
            archive.AddDirectory(made);
        }

        archive.AddDevice("dev/console", 0x180 /* 0600 */, 5, 1);
        archive.AddFile("init", contents[0], 0x1ED /* 0755 */);
        for (int i = 0; i < modules.Count; i++)
        {
            archive.AddFile("modules/" + ModuleFile.NameOf(modules[i]), contents[i + 1]);
        }

        archive.AddFile("modules/order", Encoding.UTF8.GetBytes(string.Concat(modules.Select(module => ModuleFile.NameOf(module) + "\n"))));
        archive.Finish();
    }

    /// <summary>A second name for a file of the store; a copy where the zone's files are on another file system.</summary>
    private static unsafe void Link(string from, string to)
    {
        File.Delete(to);
        fixed (byte* existing = Encoding.UTF8.GetBytes(from + "\0"), name = Encoding.UTF8.GetBytes(to + "\0"))
        {
            long result = Kernel.Call(Linux.Link, existing, (long)name);
            if (result == -Linux.EXDEV)
            {
                File.Copy(from, to);
            }
            else if (result < 0)
            {
                throw KernelError.On("cannot link what the domain boots from", to, (int)-result);
            }
        }
    }
}
