namespace Zones.Server;

/// <summary>What one client can take of a served host. Who may do everything is not counted: it is root.</summary>
internal static class ServerLimits
{
    /// <summary>Connections of one user at once.</summary>
    public const int ConnectionsOfUser = 64;

    /// <summary>Connections of all users but root at once: descriptors and threads stay free for the rest.</summary>
    public const int Connections = 512;

    /// <summary>Operations of one user under way at once.</summary>
    public const int OperationsOfUser = 32;

    /// <summary>Operations of one user that are remembered after their end.</summary>
    public const int OperationsKept = 64;

    /// <summary>The longest body of a request, bytes: users name zones, root hands in sets of specs.</summary>
    public const long Body = 64 << 10, BodyOfRoot = 64 << 20;

    /// <summary>Until a request's head, or a command's first message, has to be there.</summary>
    public static readonly TimeSpan Head = TimeSpan.FromSeconds(10);

    /// <summary>How long a reader of events or a log may not read, before it is disconnected.</summary>
    public static readonly TimeSpan Reader = TimeSpan.FromSeconds(10);

    /// <summary>The longest that a request waits for the end of an operation.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    /// <summary>How long operations may go on when the server is to end, before they are cancelled; and again until it ends anyway.</summary>
    public static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(10);
}
