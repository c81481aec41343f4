using System.Globalization;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>The beginning of every process that serves several zones (<c>zone serve-mount NAME</c>): zoned's keeper starts it with descriptors, and
/// another when it ends.</summary>
internal static class HeldServer
{
    /// <summary>Says where its errors go, and who it is.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="name">The server's name.</param>
    /// <param name="descriptors">Numbers of the inherited descriptors, with commas between.</param>
    /// <returns>These numbers.</returns>
    public static int[] Begin(string state, string name, string descriptors)
    {
        int[] numbers = [.. descriptors.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        HeldServerLog.Open(state, name);
        ServerFile.Write(Path.Combine(state, "run"), name, numbers);
        return numbers;
    }
}
