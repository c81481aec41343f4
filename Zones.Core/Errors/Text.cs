namespace Zones;

/// <summary>Words of others in our style.</summary>
internal static class Text
{
    /// <summary>A sentence as the part of a line: it begins small and has no full stop.</summary>
    public static string Sentence(string message) => message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
