using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Roots;

/// <summary>Whether a program could be executed in a root, without executing it.</summary>
internal static class ProgramCheck
{
    private static readonly Dictionary<ushort, string> Machines = new() { [3] = "i386", [40] = "arm", [62] = "x86_64", [183] = "aarch64", [243] = "riscv64", [21] = "ppc64", [22] = "s390x" };

    /// <summary>What is wrong with a program, or null.</summary>
    /// <param name="roots">Roots to look in, the first that has it counts: the zone's private one, then the shared one.</param>
    /// <param name="program">Absolute path inside.</param>
    public static string? Check(IEnumerable<string> roots, string program)
    {
        foreach (string root in roots)
        {
            using SafeFd? file = SharedRoot.OpenBelow(root, program, Linux.O_RDONLY | Linux.O_NONBLOCK, out int errno);
            if (file is not null)
            {
                return Examine(roots, program, file);
            }

            if (errno is not (Linux.ENOENT or Linux.ENOTDIR))
            {
                return $"{program} cannot be opened: {KernelError.Describe(errno)}";
            }
        }

        return $"{program} does not exist in the zone's root";
    }

    private static string? Examine(IEnumerable<string> roots, string program, SafeFd file)
    {
        using SafeFileHandle handle = new(file.Number, ownsHandle: false);
        UnixFileMode mode = File.GetUnixFileMode(handle);
        if ((File.GetAttributes(handle) & FileAttributes.Directory) != 0)
        {
            return $"{program} is a directory; name a program";
        }

        if (FileStatus.Of(file) is not { IsRegular: true })
        {
            return $"{program} is not a file; name a program";
        }

        if ((mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0)
        {
            return $"{program} is not executable (mode {Convert.ToString((int)mode, 8)}); chmod +x it or name another";
        }

        Span<byte> head = stackalloc byte[256];
        int length = RandomAccess.Read(handle, head, 0);
        head = head[..length];
        if (head.StartsWith("\u007fELF"u8) && length >= 20)
        {
            ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(head[18..]);
            ushort host = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? (ushort)183 : (ushort)62;
            return machine == host ? null : $"{program} is a program for {Name(machine)}; this host is {Name(host)}";
        }

        if (head.StartsWith("#!"u8))
        {
            int end = head.IndexOf((byte)'\n');
            string line = Encoding.UTF8.GetString(end < 0 ? head[2..] : head[2..end]).Trim();
            string interpreter = line.Split(' ', '\t')[0];
            if (interpreter.Length == 0)
            {
                return $"{program} is a script that names no interpreter after #!";
            }

            return interpreter.StartsWith('/') && roots.Any(root => Exists(root, interpreter)) ? null : $"{program} is a script for {interpreter}, which is not in the zone's root";
        }

        return $"{program} is neither a program nor a script that names its interpreter";
    }

    private static bool Exists(string root, string path)
    {
        using SafeFd? file = SharedRoot.OpenBelow(root, path, Linux.O_PATH, out _);
        return file is not null;
    }

    private static string Name(ushort machine) => Machines.GetValueOrDefault(machine, $"machine {machine}");
}
