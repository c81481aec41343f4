using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Zones.Interop;

namespace Zones.Tool.Cli;

/// <summary>A text in the person's own editor. Until it is thrown away it stays in a file, so that nothing typed is ever lost.</summary>
internal sealed class Editor
{
    private readonly string _directory;
    private readonly string _before;

    /// <param name="name">The file's name.</param>
    /// <param name="text">What is to be edited.</param>
    public Editor(string name, string text)
    {
        _before = text;
        _directory = Directory.CreateTempSubdirectory("zone-edit-").FullName;
        File = Path.Combine(_directory, name);
        System.IO.File.WriteAllText(File, text);
    }

    /// <summary>Where the text is.</summary>
    public string File { get; }

    /// <summary>What a person is told whose text was not taken: where it is, and how to go on with it.</summary>
    public string Kept => $"nothing was changed; what was written is kept in {File}: once it is right there, 'zone apply -f {File}' takes it, and with -n shows what that would change";

    /// <summary>Whether nothing was written.</summary>
    /// <remarks>What an editor may have left instead of a text is not read: it may have no end.</remarks>
    public bool IsUnchanged => FileStatus.Of(File) is { IsRegular: true } found && found.Length == Encoding.UTF8.GetByteCount(_before) && System.IO.File.ReadAllText(File) == _before;

    /// <summary>Runs the editor to its end.</summary>
    /// <exception cref="ZoneException">It cannot be started, or did not end well.</exception>
    public async Task RunAsync()
    {
        string editor = new[] { "VISUAL", "EDITOR" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)) ?? "vi";

        // By the shell, as everybody does it: the variable may hold options.
        ProcessStartInfo start = new("/bin/sh", ["-c", $"exec {editor} \"$1\"", "zone-edit", File]);
        using Process process = Start(start);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            const int signalled = 128;
            string how = process.ExitCode > signalled ? $"was ended by signal {process.ExitCode - signalled}" : $"ended with status {process.ExitCode}";
            if (IsUnchanged)
            {
                Discard();
                throw new ZoneException($"{editor} {how}; nothing was changed");
            }

            throw new ZoneException($"{editor} {how}; {Kept}");
        }
    }

    /// <summary>Throws the text away.</summary>
    public void Discard() => Directory.Delete(_directory, recursive: true);

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            Discard();
            throw new ZoneException($"/bin/sh: cannot start: {Zones.Text.Sentence(e.Message)}", e);
        }
    }
}
