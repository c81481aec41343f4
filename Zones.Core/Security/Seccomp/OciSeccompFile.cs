using System.Text.Json;
using Mono.Unix.Native;
using Zones.Wire;

namespace Zones.Security;

/// <summary>Reads a profile in the JSON of the OCI runtime specification (config-linux.md, "Seccomp"), with what Docker and podman
/// add: <c>archMap</c>, <c>includes</c>, <c>excludes</c>, <c>errno</c>. Where the specification is silent it is read as runc and
/// libseccomp do. What differs here: <c>flags</c> are passed over, since they change logging and speculation but not what is
/// allowed; 32-bit and x32 calls are refused even if <c>architectures</c> names them; actions that need a tracer or an agent are errors.</summary>
internal static partial class OciSeccompFile
{
    /// <summary>The longest file that is read, in bytes; the container engines' own have 13 to 16 KiB.</summary>
    public const int MaxSize = 1 << 20;

    private const string Amd64 = "SCMP_ARCH_X86_64";

    /// <summary>The policy in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="granted">The capabilities of the zone, for <c>includes</c> and <c>excludes</c>.</param>
    /// <param name="kernel">The running kernel, for <c>minKernel</c>.</param>
    /// <exception cref="ZoneException">It cannot be read or is not understood.</exception>
    public static SyscallPolicy Read(string path, CapabilitySet granted, Version kernel)
    {
        using JsonDocument document = Load(path);
        try
        {
            return Policy(new(path, "$", document.RootElement), granted, kernel);
        }
        catch (InvalidOperationException error)
        {
            throw new ZoneException($"{path}: a name or string in the file is not Unicode: {error.Message}", error) { Path = path };
        }
    }

    private static SyscallPolicy Policy(JsonCursor root, CapabilitySet granted, Version kernel)
    {
        Architectures(root);
        int defaultErrno = Errno(root, "defaultErrnoRet", "defaultErrno");
        SyscallPolicy policy = new(Action(root.Required("defaultAction"), defaultErrno));
        Dictionary<int, List<SyscallRule>> rules = [];
        foreach (JsonCursor entry in root.Items("syscalls"))
        {
            if (Applies(entry, granted, kernel))
            {
                Entry(entry, policy.Otherwise, rules);
            }
        }

        foreach ((int number, List<SyscallRule> list) in rules)
        {
            policy[number] = Verdict(policy.Otherwise, list);
        }

        return policy;
    }

    private static JsonDocument Load(string path)
    {
        // Opening a named pipe would wait for somebody to write to it.
        if (Syscall.stat(path, out Stat stat) == 0 && (stat.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG)
        {
            throw new ZoneException($"{path}: cannot read the seccomp profile: not a regular file; give 'default', 'unconfined', or the path of a readable file") { Path = path };
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            byte[] bytes = new byte[MaxSize + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= MaxSize
                ? JsonDocument.Parse(bytes.AsMemory(0, length))
                : throw new ZoneException($"{path}: the file is longer than {MaxSize} bytes; is it a seccomp profile?") { Path = path };
        }
        catch (JsonException error)
        {
            throw new ZoneException($"{path}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}: not JSON: {error.Message}", error) { Path = path };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ZoneException($"{path}: cannot read the seccomp profile: {error.Message}; give 'default', 'unconfined', or the path of a readable file", error) { Path = path };
        }
    }

    private static void Architectures(JsonCursor root)
    {
        List<string> named =
        [
            .. root.Items("architectures").Select(architecture => architecture.Text()),
            .. root.Items("archMap").Select(map => map.Required("architecture").Text()),
        ];
        if (named.Count > 0 && !named.Contains(Amd64))
        {
            throw root.Wrong($"is for {string.Join(", ", named)}; this machine is {Amd64}, which 'architectures' must name");
        }
    }

    private static SeccompAction Action(JsonCursor action, int errno) => action.Text() switch
    {
        "SCMP_ACT_ALLOW" => SeccompAction.Allow,
        "SCMP_ACT_LOG" => SeccompAction.Log,
        "SCMP_ACT_ERRNO" => SeccompAction.Errno(errno),
        "SCMP_ACT_TRAP" => SeccompAction.Trap,
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompAction.KillThread,
        "SCMP_ACT_KILL_PROCESS" => SeccompAction.KillProcess,
        "SCMP_ACT_TRACE" or "SCMP_ACT_NOTIFY" => throw action.Wrong($"is {action.Text()}, which needs a program beside the zone that answers; zones have none, so use SCMP_ACT_ERRNO or SCMP_ACT_ALLOW"),
        string other => throw action.Wrong(
            $"is '{other}'; allowed are SCMP_ACT_ALLOW, SCMP_ACT_ERRNO, SCMP_ACT_LOG, SCMP_ACT_TRAP, SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD and SCMP_ACT_KILL_PROCESS"),
    };

    /// <summary>The error number of an entry. podman writes its name beside it; where both are, the name counts, as numbers differ between architectures.</summary>
    private static int Errno(JsonCursor entry, string number, string name)
    {
        if (entry.Member(name) is { } named && named.Text().Length > 0)
        {
            return Enum.TryParse(named.Text(), out Errno errno) && NativeConvert.TryFromErrno(errno, out int value)
                ? value
                : throw named.Wrong($"is '{named.Text()}'; allowed is a name of errno(3) in capitals, such as EPERM");
        }

        return entry.Member(number) is { } numbered ? (int)numbered.Number(SeccompAction.MaxErrno) : Linux.EPERM;
    }
}
