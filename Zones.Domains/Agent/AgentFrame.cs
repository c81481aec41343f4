namespace Zones.Domains.Agent;

/// <summary>What goes over a port between the host and the agent in a domain: frames of one byte for the kind, four for the length
/// (little-endian), and so many more. A port carries one command at a time, and a connection one command; there are several ports.</summary>
internal static class AgentFrame
{
    /// <summary>What every connection begins with. Whatever a connection before it has left in the port is read up to here and forgotten.</summary>
    public static ReadOnlySpan<byte> Beginning => "\u0001zones.agent\u0002"u8;

    /// <summary>Bytes before the content.</summary>
    public const int HeaderLength = 5;

    /// <summary>The most content; more is another frame.</summary>
    public const int MostContent = 1 << 20;

    /// <summary>The most bytes of input that are sent before the agent has said with <see cref="Taken"/> that the command took them.</summary>
    public const int InputWindow = 64 << 10;

    /// <summary>To the agent, first of all: texts ended by NUL: the mode (<c>pipes</c>, <c>terminal COLUMNS ROWS</c>, or
    /// <c>detached</c>: it prints to the console, and the agent lets go of it), user (empty: root),
    /// working directory (empty: / or the user's home), how many arguments, the arguments, the environment.</summary>
    public const byte Start = (byte)'S';

    /// <summary>To the agent: standard input; empty for its end. No more than <see cref="InputWindow"/> is on its way.</summary>
    public const byte Input = (byte)'I';

    /// <summary>To the agent: a signal's number, 4 bytes.</summary>
    public const byte Signal = (byte)'K';

    /// <summary>To the agent: columns and rows of the terminal, 2 bytes each.</summary>
    public const byte Size = (byte)'W';

    /// <summary>To the agent, instead of <see cref="Start"/>: have init end. It answers with <see cref="Started"/>.</summary>
    public const byte Shutdown = (byte)'Q';

    /// <summary>To the agent, first of all where the port is one of a network: the secret of this boot.</summary>
    public const byte Secret = (byte)'P';

    /// <summary>To the host: an error number, 4 bytes, 0 when the command runs; then what could not be done.</summary>
    public const byte Started = (byte)'R';

    /// <summary>To the host: standard output, or what the terminal shows.</summary>
    public const byte Output = (byte)'O';

    /// <summary>To the host: standard error.</summary>
    public const byte Error = (byte)'E';

    /// <summary>To the host: how many bytes of input the command has taken, or will never take, 4 bytes.</summary>
    public const byte Taken = (byte)'T';

    /// <summary>To the host, last of all: the wait status, 4 bytes.</summary>
    public const byte Exit = (byte)'X';

    /// <summary>What <see cref="Started"/> says could not be done when the program itself could not be executed.</summary>
    public const string Execute = "execute";
}
