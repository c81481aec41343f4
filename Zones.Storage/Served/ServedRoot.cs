using System.Net;
using System.Security.Cryptography;
using System.Text;
using Zones.Storage.Nfs;

namespace Zones.Storage.Served;

/// <summary>A directory that is served to domains, read-only, or to one domain that may write its own files there, and where: at the host's loopback to those in QEMU's user network, at its address on a
/// bridge to those that have a link there.</summary>
/// <param name="Directory">What is exported.</param>
internal sealed record ServedRoot(string Directory)
{
    /// <summary>Names of such servers begin so.</summary>
    public const string Prefix = "root-";

    private const string WritablePrefix = Prefix + "rw-";

    /// <summary>Whether the domain may write there.</summary>
    public bool IsWritable { get; init; }

    /// <summary>The host's address at which it is served.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The bridge from which alone it is reached; null for the host itself.</summary>
    public string? Link { get; init; }

    /// <summary>The server's name.</summary>
    public string Name => (IsWritable ? WritablePrefix : Prefix) + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Link is null ? Directory : $"{Address}%{Link} {Directory}")))[..16];

    /// <summary>Whether what a server of that name serves may be written.</summary>
    public static bool IsWritableName(string name) => name.StartsWith(WritablePrefix, StringComparison.Ordinal);

    /// <summary>The export's name: nobody on this host who is not told can guess it, since whoever has it may claim to be root. By the server's name and
    /// not by the directory: the server has only a descriptor, which may be called otherwise, as behind a symbolic link.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="name">The server's.</param>
    public static string ExportOf(string state, string name) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(HandleKey.LoadOrCreate(KeyFile(state)), Encoding.UTF8.GetBytes("served root " + name)))[..32];

    /// <summary>The secret of a state directory's servers.</summary>
    public static string KeyFile(string state) => Path.Combine(state, "nfs", "handle.key");
}
