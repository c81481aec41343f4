using System.Text;

namespace Zones.Tests.Consoles;

/// <summary>A person at a zone's console, through the library: what was shown so far, and what was told beside it.</summary>
internal sealed class ConsoleScreen : IAsyncDisposable, IProgress<string>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _text = new();
    private readonly List<string> _notices = [];
    private Task _reading = Task.CompletedTask;

    public ZoneConsole Console { get; private set; } = null!;

    /// <summary>The end of what is shown.</summary>
    public Task Ended => _reading;

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public string[] Notices
    {
        get
        {
            lock (_notices)
            {
                return [.. _notices];
            }
        }
    }

    public static async Task<ConsoleScreen> OpenAsync(Zone zone, bool readOnly = false, DataSize? scrollback = null)
    {
        ConsoleScreen screen = new();
        ConsoleOptions options = new() { ReadOnly = readOnly, Notices = screen };
        screen.Console = await zone.OpenConsoleAsync(scrollback is { } size ? options with { Scrollback = size } : options);
        screen._reading = Task.Run(screen.ReadAsync);
        return screen;
    }

    public void Report(string value)
    {
        lock (_notices)
        {
            _notices.Add(value);
        }
    }

    public async Task TypeAsync(string keys) => await Console.Input!.WriteAsync(Encoding.UTF8.GetBytes(keys));

    /// <summary>Waits until a text is shown after a place, and gives the place after it.</summary>
    public async Task<int> SeesAsync(string text, int after = 0)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        int found;
        while ((found = Text.IndexOf(text, after, StringComparison.Ordinal)) < 0)
        {
            Assert.True(Environment.TickCount64 < deadline, $"'{text}' does not appear after {after} in:\n{Text}\nnotices: {string.Join("; ", Notices)}");
            await Task.Delay(10);
        }

        return found + text.Length;
    }

    public Task HearsAsync(string notice) => Eventually.TrueAsync(() => Notices.Contains(notice), $"'{notice}' is not told; what is: {string.Join("; ", Notices)}");

    public async ValueTask DisposeAsync()
    {
        await Console.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[4096];
        for (int length; (length = await Console.Output.ReadAsync(buffer)) > 0;)
        {
            lock (_text)
            {
                _text.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }
    }
}
