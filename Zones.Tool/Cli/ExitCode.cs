namespace Zones.Tool.Cli;

/// <summary>What the command says to the shell.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Usage = 2;

    /// <summary>apply --dry-run: there is something to do.</summary>
    public const int Changes = 3;

    /// <summary>exec, login and run: a failure of ours; what the command itself says is everything else.</summary>
    public const int OurFailure = 125;

    /// <summary>exec, login and run: found, but not executable (as shells say).</summary>
    public const int NotExecutable = 126;

    /// <summary>exec, login and run: not found (as shells say).</summary>
    public const int NotFound = 127;

    /// <summary>Added to a signal's number when the signal ended us.</summary>
    public const int Signalled = 128;
}
