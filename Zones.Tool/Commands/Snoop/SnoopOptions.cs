using System.CommandLine;
using Zones.Network.Snoop.Print;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Snoop;

/// <summary>The options of <c>zone snoop</c>; those of one letter are snoop(1M)'s.</summary>
internal sealed class SnoopOptions
{
    private readonly Option<bool> _layers = new("-V") { Description = "a line for each layer" };
    private readonly Option<bool> _verbose = new("-v") { Description = "everything, a block for each layer" };
    private readonly Option<string?> _times = new("-t") { Description = "times: r since the first packet, a of day, d since the packet before (of a file: d)", HelpName = "r|a|d" };
    private readonly Option<long?> _count = NumberOption.Make("-c", [], "N", "end after N packets", most: long.MaxValue, least: 1);
    private readonly Option<string?> _output = new("-o") { Description = "write the packets to a file, pcap or .pcapng, and show none; - is standard output", HelpName = "FILE" };
    private readonly Option<string?> _input = new("-i") { Description = "read a capture file, pcap or pcapng; - is standard input", HelpName = "FILE" };
    private readonly Option<long?> _snap = NumberOption.Make("-s", [], "BYTES", "keep so much of each packet (default: all)", most: 262_144, least: 1);
    private readonly Option<bool> _numbers = new("-r") { Description = "show addresses, not names" };
    private readonly Option<bool> _quiet = new("-q") { Description = "show no packets" };
    private readonly Option<bool> _responseTimes = new("--srt") { Description = "at the end, how often procedures were called and how long that took" };
    private readonly Option<OutputFormat> _format = GlobalOptions.Format();

    public void AddTo(Command command)
    {
        _times.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("r" or "a" or "d") and string other }])
            {
                result.AddError($"-t: '{other}' is not a way to tell time; allowed are r, a and d");
            }
        });
        foreach (Option option in new Option[] { _input, _output, _count, _verbose, _layers, _times, _numbers, _snap, _quiet, _responseTimes, _format })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">The options do not go together.</exception>
    public SnoopRun Read(ParseResult parsed)
    {
        string? input = parsed.GetValue(_input);
        string? output = parsed.GetValue(_output);
        bool verbose = parsed.GetValue(_verbose);
        bool layers = parsed.GetValue(_layers);
        if (verbose && layers)
        {
            throw new UsageException("-v shows everything and -V a line for each layer; give one of them");
        }

        if (input is "" || output is "")
        {
            throw new UsageException($"{(input is "" ? "-i" : "-o")}: the name of the file is empty");
        }

        bool responseTimes = parsed.GetValue(_responseTimes);
        if (output == "-" && responseTimes)
        {
            throw new UsageException("--srt: standard output cannot have the table and the packets; give -o a file");
        }

        OutputFormat format = parsed.GetValue(_format);
        if (output is not null && format != OutputFormat.Table && !responseTimes)
        {
            throw new UsageException("-o writes packets to a capture file and shows none, so there is nothing for --format; give one of them");
        }

        return new SnoopRun
        {
            Input = input,
            Output = output,
            Count = parsed.GetValue(_count) ?? long.MaxValue,
            SnapLength = (int?)parsed.GetValue(_snap),
            Detail = verbose ? SnoopDetail.Verbose : layers ? SnoopDetail.Layers : SnoopDetail.Summary,
            Times = parsed.GetValue(_times) switch
            {
                "r" => TimeStyle.Relative,
                "a" => TimeStyle.Absolute,
                "d" => TimeStyle.Delta,
                _ => input is null ? TimeStyle.None : TimeStyle.Delta,
            },
            Format = format,
            Resolve = !parsed.GetValue(_numbers),
            IsQuiet = parsed.GetValue(_quiet) || output is not null,
            ResponseTimes = responseTimes,
        };
    }
}
