namespace Zones;

/// <summary>What somebody is told who is not root and would have to be: one text, wherever the kernel or we refuse.</summary>
internal static class NeedsRoot
{
    /// <summary>The end of a message; in a program, <see cref="ZoneHost.ConnectAsync"/> is what <c>--connect</c> is here.</summary>
    public const string Advice = $"zones need root: use sudo, or 'zone --connect {ZoneHost.ServedSocket}' where an administrator runs 'zone serve'";
}
