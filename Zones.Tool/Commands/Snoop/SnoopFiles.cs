using Zones.Interop;
using Zones.Network.Snoop.Files;
using Zones.Tool.Cli;
using Zones.Wire;

namespace Zones.Tool.Commands.Snoop;

/// <summary>The file that packets are written to.</summary>
internal static class SnoopFiles
{
    private const int StandardInput = 0;

    /// <summary>Makes or empties it.</summary>
    /// <returns>Null when none is wanted.</returns>
    /// <exception cref="UsageException">It is the file that is read, which would be empty then.</exception>
    /// <exception cref="ZoneException">It cannot be made.</exception>
    public static CaptureFileWriter? Create(SnoopRun run)
    {
        if (run is { Input: { } input, Output: { } output } && IsRead(input, output))
        {
            throw new UsageException($"-o: {output} is the file that is read; write to another");
        }

        return run.Output is { } file ? CaptureFileWriter.Create(file) : null;
    }

    private static bool IsRead(string input, string output)
    {
        if (new FileInfo(output) is not { Exists: true } found)
        {
            return false;
        }

        string name = found.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? output;
        using SafeFd? opened = input == "-" ? null : Kernel.Open(input, Linux.O_PATH, out _);
        return FileStatus.Of(name) is { IsRegular: true } && NamedFile.Is(opened?.Number ?? StandardInput, name);
    }
}
