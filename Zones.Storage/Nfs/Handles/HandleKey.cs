using System.Security.Cryptography;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <summary>The secret with which handles are authenticated. It lives in a file, so that a handle is valid after a restart.</summary>
internal static class HandleKey
{
    public const int Length = 32;

    /// <summary>Reads the key; makes it first when it is not there.</summary>
    /// <param name="path">The file, readable for its owner alone.</param>
    /// <exception cref="ZoneException">It cannot be read or made, or is no key.</exception>
    public static byte[] LoadOrCreate(string path)
    {
        byte[] key;
        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }

            key = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneException($"{path}: cannot read or make the key of handles: {Text.Sentence(e.Message)}", e) { Path = path };
        }

        return key.Length == Length
            ? key
            : throw new ZoneException($"{path}: {key.Length} bytes are no key, it has {Length}; remove it, and clients must mount again") { Path = path };
    }

    /// <summary>Of several processes that do this at once, one makes the key and the others take it.</summary>
    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string made = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (FileStream file = new(made, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(Length));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(made, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(made); // another was first
        }
    }
}
