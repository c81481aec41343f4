namespace Zones.Wire;

/// <summary>What the exit code of zoned's agent (<c>zone agent NAME</c>) asks of the keeper.</summary>
internal static class AgentExit
{
    /// <summary>This + n: run me again in 100 ms × 2^n.</summary>
    public const int Again = 64;

    /// <summary>The codes above <see cref="Again"/> that mean it.</summary>
    public const int Steps = 16;
}
