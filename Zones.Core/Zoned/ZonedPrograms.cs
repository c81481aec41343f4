using Microsoft.Win32.SafeHandles;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>Finds the native programs that come with the library: <c>zoned</c>, and <c>zone</c> as zoned's agent.</summary>
internal sealed record ZonedPrograms(string Zoned, string Zone, string BuildId)
{
    /// <summary>Looks in the option's directory, else beside the application and where NuGet puts native files.</summary>
    /// <exception cref="HostCapabilityException">They are nowhere.</exception>
    public static ZonedPrograms Find(string? directory)
    {
        string[] places = directory is not null ? [directory] : [.. Places()];
        foreach (string place in places)
        {
            string zoned = Path.Combine(place, "zoned");
            string zone = Path.Combine(place, "zone");
            if (File.Exists(zoned) && File.Exists(zone))
            {
                return new(Path.GetFullPath(zoned), Path.GetFullPath(zone), Wire.BuildId.OfFile(zoned));
            }
        }

        throw new HostCapabilityException(
            $"the programs zoned and zone are not in {string.Join(", ", places)}; set ZONES_BIN or ZonesOptions.BinDirectory to the directory that holds them");
    }

    private static IEnumerable<string> Places()
    {
        yield return AppContext.BaseDirectory;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string search)
        {
            foreach (string directory in search.Split(':', StringSplitOptions.RemoveEmptyEntries))
            {
                yield return directory;
            }
        }
    }

    /// <summary>The copy of zoned that is executed, STATE/bin/zoned-BUILDID: an upgraded package never changes the file under a
    /// running keeper. Copies of other builds are removed.</summary>
    public string Copy(string stateDirectory)
    {
        string directory = Path.Combine(stateDirectory, "bin");
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string copy = Path.Combine(directory, "zoned-" + BuildId);
        if (!File.Exists(copy))
        {
            string making = $"{copy}.{Guid.NewGuid():N}";
            try
            {
                File.Copy(Zoned, making);
                File.SetUnixFileMode(making, UnixFileMode.UserRead | UnixFileMode.UserExecute);
                using (SafeFileHandle whole = File.OpenHandle(making))
                {
                    RandomAccess.FlushToDisk(whole); // what a loss of power leaves under the name is not a part of it
                }

                File.Move(making, copy, overwrite: true);
            }
            catch
            {
                File.Delete(making);
                throw;
            }

            foreach (string other in Directory.EnumerateFiles(directory, "zoned-*"))
            {
                // What begins like ours is a copy that another process makes at this moment.
                if (!other.StartsWith(copy, StringComparison.Ordinal))
                {
                    File.Delete(other);
                }
            }
        }

        return copy;
    }
}
