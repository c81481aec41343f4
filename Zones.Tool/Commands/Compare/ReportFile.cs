using System.Diagnostics;
using Zones.Domains.Compare;
using Zones.Tool.Cli;
using Zones.Zoned;

namespace Zones.Tool.Commands.Compare;

/// <summary>Where a report goes: JSON, and a page with plots, which the program zone-report draws.</summary>
internal sealed class ReportFile
{
    private readonly string _json;
    private readonly string? _page, _program;

    /// <param name="path">NAME.html or NAME.json.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    /// <exception cref="HostCapabilityException">There is nobody to draw; better told before than after the work.</exception>
    public ReportFile(string path)
    {
        string extension = Path.GetExtension(path);
        if (extension is not (".html" or ".json"))
        {
            throw new UsageException($"-o {path}: name a file that ends in .html or .json");
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(directory))
        {
            throw new UsageException($"-o {path}: {directory} is no directory; make it first");
        }

        _json = Path.ChangeExtension(path, ".json");
        if (extension == ".html")
        {
            _page = path;
            string place = Path.GetDirectoryName(ZonedPrograms.Find(new ZonesOptions().BinDirectory).Zone)!;
            _program = Path.Combine(place, "zone-report");
            if (!File.Exists(_program))
            {
                throw new HostCapabilityException($"the program zone-report, which draws the page, is not in {place}, beside zone; install it there, or write -o {_json}") { Path = _program };
            }
        }
    }

    /// <summary>Writes it.</summary>
    public async Task WriteAsync(ComparisonReport report)
    {
        TextFile.Write(_json, report.ToJson());
        if (_program is null)
        {
            return;
        }

        using Process draw = Process.Start(new ProcessStartInfo(_program, [_json, _page!]) { RedirectStandardError = true })!;
        string error = await draw.StandardError.ReadToEndAsync();
        await draw.WaitForExitAsync();
        if (draw.ExitCode != 0)
        {
            throw new ZoneException($"{_page}: zone-report ended with status {draw.ExitCode}: {error.Trim()}; the figures are in {_json}");
        }
    }
}
