namespace Zones;

/// <summary>A command to run inside a running zone.</summary>
/// <param name="Command">Program and arguments; a name without a slash is looked up in the zone's PATH.</param>
public sealed record ExecRequest(SpecList<string> Command)
{
    /// <summary>A user of the zone's /etc/passwd, or <c>UID[:GID]</c>; null means root.</summary>
    public string? User { get; init; }

    /// <summary>Where it starts, inside; null means <c>/</c>, or the user's home when a user is named.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Added to the zone's environment.</summary>
    public SpecMap Environment { get; init => field = value ?? new(); } = new(); // JSON without it gives null

    /// <summary>What it reads, when <see cref="Io"/> is <see cref="ExecIo.Pipes"/> and <see cref="IZoneHost.ExecAsync"/> runs it.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Where its three standard descriptors lead.</summary>
    public ExecIo Io { get; init; } = ExecIo.Pipes;

    /// <summary>Size of the terminal, for <see cref="ExecIo.Terminal"/>.</summary>
    public (int Columns, int Rows) TerminalSize { get; init; } = (80, 24);

    /// <summary>Killed after this long, with everything that it started (in a zone of brand domain its process group); it then ends with
    /// code <see cref="ExecResult.TimedOutCode"/>. More than zero, at most 40 days; null means never. Who started it keeps the time: disposing the process ends that.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Where the standard descriptors of a command lead.</summary>
public enum ExecIo
{
    /// <summary>Pipes to the caller.</summary>
    Pipes,

    /// <summary>The caller's own descriptors 0 to 2.</summary>
    Inherit,

    /// <summary>A terminal of the zone's own; the caller holds its master as <see cref="ZoneProcess.Terminal"/>.</summary>
    Terminal,

    /// <summary>Away from the caller, which it outlives: it reads nothing, and what it prints goes to the zone's log. It ends by itself or
    /// with the zone.</summary>
    Detached,
}

/// <summary>How a command inside a zone ended.</summary>
/// <param name="ExitCode">0 to 255; 128 + signal when a signal ended it. 124: killed by its timeout, as timeout(1) says; 126: not executable,
/// 127: not found, as shells say.</param>
/// <param name="StandardOutput">What it wrote, read as UTF-8.</param>
/// <param name="StandardError">What it wrote to standard error.</param>
public sealed record ExecResult(int ExitCode, string StandardOutput, string StandardError)
{
    /// <summary>The code of a command that its timeout killed; in an <see cref="ExitStatus"/> it stands beside the signal (SIGKILL).</summary>
    public const int TimedOutCode = 124;

    /// <summary>Whether its timeout killed it; its own 124 does not count.</summary>
    public bool TimedOut { get; init; }
}

/// <summary>How <see cref="IZoneHost.BootAsync"/> boots.</summary>
public sealed record BootOptions
{
    /// <summary>Arguments instead of the spec's <c>bootargs</c>, for this boot.</summary>
    public SpecList<string>? Bootargs { get; init; }

    /// <summary>One boot in which the whole private layer may be written, whatever file-mac-profile says (<c>boot -w</c>).</summary>
    public bool Writable { get; init; }

    /// <summary>A kernel that a domain tries in this boot instead of the spec's <c>domain.kernel</c>: a file, or a directory that a kernel's package
    /// was unpacked into. Nothing that is installed is touched; the next boot has the spec's again. Null for that one.</summary>
    public string? Kernel { get; init; }

    /// <summary>Words added to the command line of a domain's kernel for this boot, behind the spec's <c>domain.kernel-args</c>; null for none.</summary>
    public SpecList<string>? KernelArgs { get; init; }
}

/// <summary>Which lines of a zone's log are wanted.</summary>
/// <param name="Follow">Go on until cancelled, or the zone is deleted.</param>
/// <param name="Tail">The last so many lines first; null means all that is kept.</param>
public sealed record LogOptions(bool Follow = false, int? Tail = null);
