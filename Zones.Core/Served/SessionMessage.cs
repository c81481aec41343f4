using System.Text.Json.Serialization;

namespace Zones.Served;

/// <summary>What is said beside the data of a session, which is that of a command, a console or an archive: one of these properties at a time, as a text
/// message. Data are binary messages: the channel's number in the first byte, then at most <see cref="ChunkMost"/> bytes. Nobody sends a second chunk of a
/// channel before the first was taken, so that who does not read holds up that channel alone, and no more of it is in memory than one chunk.</summary>
internal sealed record SessionMessage
{
    /// <summary>The most data in one message, bytes.</summary>
    public const int ChunkMost = 64 << 10;

    /// <summary>Standard input, or what is typed, or an archive on its way in.</summary>
    public const int Input = 0;

    /// <summary>Standard output, or what the terminal shows, or an archive on its way out.</summary>
    public const int Output = 1;

    /// <summary>Standard error.</summary>
    public const int Error = 2;

    /// <summary>The client's first: what is to be run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExecRequest? Request { get; init; }

    /// <summary>The client's first: how the console is to be opened.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConsoleRequest? Console { get; init; }

    /// <summary>The client's first: what is to be copied.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ArchiveRequest? Archive { get; init; }

    /// <summary>The host's answer: the command runs, and this is its process number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Pid { get; init; }

    /// <summary>The host's answer: the console is open.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConsolePlace? Place { get; init; }

    /// <summary>The host's answer: the copy begins.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Ready { get; init; }

    /// <summary>From the host: it could not be begun, or ends here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProblemDocument? Problem { get; init; }

    /// <summary>The last chunk of this channel is taken; the next may come.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Taken { get; init; }

    /// <summary>Nothing more comes on this channel; from who reads it, that nobody does any more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? End { get; init; }

    /// <summary>To the command: a signal's number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Signal { get; init; }

    /// <summary>To the command and what it started: the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Kill { get; init; }

    /// <summary>To the terminal: its size.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public (int Columns, int Rows)? Size { get; init; }

    /// <summary>From the host: the command ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExitStatus? Exit { get; init; }

    /// <summary>From the host: what happens to the zone and its console.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Notice { get; init; }

    /// <summary>From the host: all of the archive is copied.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CopyReport? Copied { get; init; }
}
