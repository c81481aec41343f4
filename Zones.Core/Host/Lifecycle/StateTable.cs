namespace Zones.Hosting;

/// <summary>What a verb does in a state: DESIGN's table, which is zoneadm(8)'s. Losing a race to a state that is already
/// reached is success; only what would make a zone's files says that they are there.</summary>
internal static class StateTable
{
    private const string Incomplete = "is incomplete: an install or uninstall was interrupted, or somebody marked it so";

    public static Course For(Verb verb, ZoneState state) => verb switch
    {
        Verb.Install => state switch
        {
            ZoneState.Configured => Course.Proceed,
            ZoneState.Incomplete => Course.Refuse(Incomplete + "; uninstall it first"),
            _ => Course.Refuse("already installed"),
        },
        Verb.Uninstall => state switch
        {
            ZoneState.Installed or ZoneState.Incomplete or ZoneState.Unavailable => Course.Proceed,
            ZoneState.Configured => Course.Refuse("not installed"),
            _ => Course.Refuse("halt it first"),
        },
        Verb.Ready => state switch
        {
            ZoneState.Installed => Course.Proceed,
            ZoneState.Ready => Course.Nothing,
            ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down => Course.HaltFirst,
            _ => NotInstalled(state),
        },
        Verb.Boot => state switch
        {
            ZoneState.Installed or ZoneState.Ready => Course.Proceed,
            ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down => Course.Nothing,
            _ => NotInstalled(state),
        },
        Verb.Halt => state switch
        {
            ZoneState.Installed => Course.Nothing,
            ZoneState.Ready or ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down => Course.Proceed,
            _ => NotInstalled(state),
        },
        Verb.Reboot => state switch
        {
            ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down => Course.HaltFirst,
            ZoneState.Installed or ZoneState.Ready => Course.Refuse("not running; boot it"),
            _ => NotInstalled(state),
        },
        Verb.Shutdown => state switch
        {
            ZoneState.Running or ZoneState.ShuttingDown => Course.Proceed,
            ZoneState.Installed => Course.Nothing,
            ZoneState.Ready or ZoneState.Down => Course.HaltFirst,
            _ => NotInstalled(state),
        },
        Verb.Delete => state == ZoneState.Configured ? Course.Proceed : Course.Refuse("only a configured zone can be deleted; uninstall it first, or force it (-F)"),
        Verb.Clone => For(Verb.Install, state),
        Verb.Move or Verb.Detach => state switch
        {
            ZoneState.Installed => Course.Proceed,
            ZoneState.Ready or ZoneState.Running or ZoneState.ShuttingDown or ZoneState.Down => Course.Refuse("halt it first"),
            _ => NotInstalled(state),
        },
        Verb.Attach => state switch
        {
            ZoneState.Configured or ZoneState.Unavailable => Course.Proceed,
            _ => For(Verb.Install, state),
        },
        Verb.MarkIncomplete => state == ZoneState.Unavailable ? Course.Proceed : For(Verb.Move, state),
        Verb.MarkUnavailable => state == ZoneState.Unavailable ? Course.Nothing : For(Verb.Move, state),
        Verb.MarkInstalled => state switch
        {
            ZoneState.Installed => Course.Nothing,
            ZoneState.Unavailable => Course.Proceed,
            _ => For(Verb.Move, state),
        },
        Verb.Copy => state switch
        {
            ZoneState.Running or ZoneState.ShuttingDown => Course.Proceed,
            ZoneState.Ready or ZoneState.Down => Course.Refuse("halt it, or boot it, first"),
            _ => For(Verb.Move, state),
        },
        Verb.Exec => state is ZoneState.Running or ZoneState.ShuttingDown ? Course.Proceed : Course.Refuse("not running; boot it first"),
        Verb.Update => state == ZoneState.Incomplete ? Course.Refuse(Incomplete + "; uninstall it first") : Course.Proceed,
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
    };

    /// <summary>What a verb is called, in errors and traces.</summary>
    public static string NameOf(Verb verb) => verb is Verb.MarkIncomplete or Verb.MarkUnavailable or Verb.MarkInstalled ? "mark" : verb.ToString().ToLowerInvariant();

    private static Course NotInstalled(ZoneState state) => Course.Refuse(state switch
    {
        ZoneState.Configured => "not installed; install it first",
        ZoneState.Incomplete => Incomplete + "; uninstall it, then install it",
        ZoneState.Unavailable => "something that it needs is not there, or it was marked so; see its events, and 'zone mark' once it is there",
        _ => $"not possible in the state {state.Text()}",
    });
}

/// <summary>Verbs that the state table knows.</summary>
internal enum Verb
{
    Install,
    Uninstall,
    Ready,
    Boot,
    Halt,
    Reboot,
    Shutdown,
    Delete,
    Exec,
    Clone,
    Move,
    Detach,
    Attach,
    MarkIncomplete,
    MarkUnavailable,
    MarkInstalled,
    Update,
    Copy,
}

/// <summary>What is to be done.</summary>
/// <param name="Kind">Which of the four.</param>
/// <param name="Reason">For <see cref="CourseKind.Refuse"/>: why, and what to do.</param>
internal readonly record struct Course(CourseKind Kind, string? Reason)
{
    public static Course Proceed => new(CourseKind.Proceed, null);

    public static Course Nothing => new(CourseKind.Nothing, null);

    public static Course HaltFirst => new(CourseKind.HaltFirst, null);

    public static Course Refuse(string reason) => new(CourseKind.Refuse, reason);
}

/// <summary>Kinds of <see cref="Course"/>.</summary>
internal enum CourseKind
{
    /// <summary>Do it.</summary>
    Proceed,

    /// <summary>The state is reached already: success.</summary>
    Nothing,

    /// <summary>Halt the zone, then do it.</summary>
    HaltFirst,

    /// <summary>An error.</summary>
    Refuse,
}
