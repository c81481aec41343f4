namespace Zones;

/// <summary>A place at a zone's console, as <see cref="IZoneHost.OpenConsoleAsync"/> gives it. It stays through boots and halts of the zone.
/// Disposing leaves it; nothing in the zone ends with that.</summary>
public abstract class ZoneConsole : IAsyncDisposable
{
    /// <summary>What init prints and what the terminal echoes: the end of the zone's log, then what comes. It ends with the zone's deletion or with
    /// this object's disposal; that of a served host with an <see cref="IOException"/> when the connection breaks, and with a <see cref="ZoneException"/> when the
    /// caller may not look any more.</summary>
    public abstract Stream Output { get; }

    /// <summary>What is typed, by the only one who may; it is lost while the zone does not run, or runs without a console. Null for who only looks.</summary>
    public abstract Stream? Input { get; }

    /// <summary>Who types instead, in words for a person; null when that is <see cref="Input"/>, or nobody.</summary>
    public abstract string? Writer { get; }

    /// <summary>Tells the terminal its size, and those of later boots.</summary>
    /// <param name="columns">Characters a line.</param>
    /// <param name="rows">Lines.</param>
    public abstract void Resize(int columns, int rows);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>How <see cref="IZoneHost.OpenConsoleAsync"/> opens a console.</summary>
public sealed record ConsoleOptions
{
    /// <summary>Only look.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The most of what the zone printed before that is shown first, from the beginning of a line on.</summary>
    public DataSize Scrollback { get; init; } = DataSize.KiB(16);

    /// <summary>Is told what happens to the zone and to its console, a lower-case text without the zone's name each time; null means nobody is.</summary>
    public IProgress<string>? Notices { get; init; }

    /// <summary>Who it is that types, for those who look, in words for a person; null for the user of this process.</summary>
    internal string? Typist { get; init; }
}
