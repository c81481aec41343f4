namespace Zones.Security;

/// <summary>A device node.</summary>
/// <param name="Path">Below /dev, without a leading slash.</param>
/// <param name="Major">Device number.</param>
/// <param name="Minor">Device number.</param>
/// <param name="Mode">With the type bits of stat(2).</param>
internal sealed record DeviceNode(string Path, uint Major, uint Minor, uint Mode)
{
    /// <summary>As mknod(2) takes it.</summary>
    public ulong Number => ((ulong)(Major & 0xfffff000) << 32) | ((ulong)(Major & 0xfff) << 8) | ((ulong)(Minor & 0xffffff00) << 12) | (Minor & 0xff);
}
