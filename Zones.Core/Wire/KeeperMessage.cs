using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>One message between a manager and the keeper, or from the spawner to the keeper: a fixed size, both ways.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KeeperMessage
{
    public KeeperVerb Verb;

    /// <summary>What the verb says: a wait status, a process number, an error number.</summary>
    public int Value;

    /// <summary>The zone's boot number.</summary>
    public long Generation;

    /// <summary>Start time of a process, in clock ticks since boot.</summary>
    public long StartTicks;

    /// <summary>The keeper's own life, random, for <see cref="KeeperVerb.Hello"/>.</summary>
    public long KeeperLife;

    public ZoneName Zone;

    /// <summary>The build id of zoned, for <see cref="KeeperVerb.Hello"/>.</summary>
    public fixed byte BuildId[20];

    private readonly int _reserved;
}

/// <summary>What a <see cref="KeeperMessage"/> says.</summary>
internal enum KeeperVerb
{
    /// <summary>Manager → keeper, first of all; answered with the keeper's build id and life.</summary>
    Hello = 1,

    /// <summary>Manager → keeper: "until I say Done or go away, I see to this zone". Answered with <see cref="Claimed"/>.</summary>
    Claim,

    /// <summary>Keeper → manager: Value is 1 when process 1 of that zone is watched, 2 when it ended and nobody has seen to it.</summary>
    Claimed,

    /// <summary>Keeper → manager that claimed the zone: process 1 ended with wait status Value (-1: unknown).</summary>
    Exited,

    /// <summary>Manager → keeper: what I claimed is committed; Value is 1 when the zone is up. A claim that ends without it makes the keeper run the agent.</summary>
    Done,

    /// <summary>Manager → keeper: watch this process 1 (Value, StartTicks) although you did not start it; its owner's pidfd comes along if it has one. Answered with <see cref="Claimed"/>.</summary>
    Adopt,

    /// <summary>Manager → keeper: become the program whose descriptor comes with this message, with the same children; its agent is the second.</summary>
    Upgrade,

    /// <summary>Spawner → keeper: a zone's process 1 was cloned; its pidfd comes along, and the owner's if it has one.</summary>
    ZoneBorn,

    /// <summary>Spawner → keeper: a command was cloned; its pidfd and its exit pipe come along.</summary>
    CommandBorn,

    /// <summary>Manager → keeper: no boot of the zone is to come any more.</summary>
    Dismiss,

    /// <summary>Manager → keeper: hold the descriptors that come along under this name, and keep <c>zone serve-mount NAME</c>, or
    /// <c>zoned console</c> for a name that begins with console-, running on them; Value and StartTicks name one that runs already, Value 0 none. Answered with <see cref="Claimed"/>: Value is 0 when
    /// the name is held already, and then nothing has changed.</summary>
    Hold,

    /// <summary>Manager → keeper: copies of what is held under this name. Answered with <see cref="Claimed"/>: Value is 1 and they come along, or 0.</summary>
    Fetch,

    /// <summary>Manager → keeper: end the server of this name and close what is held for it. Answered with <see cref="Claimed"/>.</summary>
    Drop,

    /// <summary>Manager → keeper: a boot of the zone is to come; run the agent in Value ms, and not before.</summary>
    Call,
}
