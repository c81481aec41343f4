using System.Net.NetworkInformation;
using System.Text.Json;
using Zones.Network.Anets;

namespace Zones.Network.Diskless;

/// <summary>STATE/network/boot/BRIDGE/MAC: a file for each link that may ask who it is. The responder reads the one of the link that asks, however
/// often it asks and however many there are.</summary>
/// <param name="state">The state directory.</param>
/// <param name="bridge">The bridge.</param>
internal sealed class BootEntries(string state, string bridge)
{
    private readonly string _directory = Path.Combine(state, "network", "boot", bridge);

    /// <summary>What a link is to be told; null for nothing.</summary>
    public BootEntry? Find(PhysicalAddress mac)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(PathOf(mac)), RowJson.Default.BootEntry);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Has a link told something.</summary>
    public void Add(BootEntry entry)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Directory.CreateDirectory(_directory, own | UnixFileMode.UserExecute);
        string path = PathOf(PhysicalAddress.Parse(entry.Mac)), making = path + ".new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = own };
        using (FileStream file = new(making, options))
        {
            JsonSerializer.Serialize(file, entry, RowJson.Default.BootEntry);
        }

        File.Move(making, path, overwrite: true);
    }

    /// <summary>Has it told nothing any more.</summary>
    public void Remove(BootEntry entry)
    {
        if (Directory.Exists(_directory))
        {
            File.Delete(PathOf(PhysicalAddress.Parse(entry.Mac)));
        }
    }

    /// <summary>Whether it is told anything.</summary>
    public bool Has(BootEntry entry) => File.Exists(PathOf(PhysicalAddress.Parse(entry.Mac)));

    private string PathOf(PhysicalAddress mac) => Path.Combine(_directory, mac.ToString());
}
