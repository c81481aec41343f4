using System.CommandLine;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Decode;
using Zones.Network.Snoop.Files;
using Zones.Network.Snoop.Print;
using Zones.Tool.Cli;
using Zones.Tool.Output;
using Zones.Wire;

namespace Zones.Tool.Commands.Snoop;

/// <summary><c>zone snoop</c>, after snoop(1M).</summary>
internal static class SnoopCommand
{
    /// <summary>Twice what the kernel waits before it gives out a block of its ring that is not full.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);

    public static Command Make()
    {
        Command command = new("snoop", "show what goes over a zone's links, or a link of the host's, from the first ARP to NFS");
        Argument<string[]> words = new("[ZONE[/LINK] | LINK | any] [FILTER …]")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "whose packets (with -i, those of the file); then which: host, net, port, tcp, udp, arp, vlan, rpc nfs, and, or, not …",
        };
        SnoopOptions options = new();
        command.Arguments.Add(words);
        options.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, session => RunAsync(session, options.Read(parsed), parsed.GetValue(words)!)));
        return command;
    }

    private static async Task<int> RunAsync(Session session, SnoopRun run, string[] words)
    {
        AddressNames? names = run.Resolve ? await SnoopNames.ReadAsync(session, run) : null;
        try
        {
            using IPacketSource source = await SnoopSource.OpenAsync(session, run, words, names);
            using CaptureFileWriter? sink = SnoopFiles.Create(run);

            // Not before: a named pipe that nobody else opens yet is waited for without an end but that of the process.
            session.CancelOnSignals();
            Show(session, run, source, sink, new PacketDecoder(names));
        }
        catch (ZoneException e) when (run.Output == "-" && e.Errno == Linux.EPIPE)
        {
            throw new OutputException(Linux.EPIPE); // as of text
        }

        return ExitCode.Ok;
    }

    private static void Show(Session session, SnoopRun run, IPacketSource source, CaptureFileWriter? sink, PacketDecoder decoder)
    {
        SnoopView view = new(session.Out, run.Format, run.Detail, run.Times, numbered: run.Input is not null);
        long shown = 0;

        // What was captured before the end comes out of the kernel's ring a moment later.
        using CancellationTokenSource end = new();
        using CancellationTokenRegistration ending = session.Cancel.Register(() => end.CancelAfter(run.Input is null ? Late : TimeSpan.Zero));
        try
        {
            while (shown < run.Count && source.TryRead(out CapturedPacket packet, end.Token))
            {
                shown++;
                sink?.Write(packet);
                if (run.IsQuiet && !run.ResponseTimes)
                {
                    continue;
                }

                DecodedPacket decoded = decoder.Decode(packet, (source as FilteredSource)?.Number);
                if (!run.IsQuiet)
                {
                    view.Write(decoded);
                    Flush(session, run);
                }
            }
        }
        finally
        {
            // An interrupted capture, and a file cut short, have their figures too.
            if (run.ResponseTimes)
            {
                view.Write(decoder.Statistics);
            }

            session.Out.Flush();
            if (source.Drops is > 0 and long drops)
            {
                Complaint.Write($"{drops} packets were lost because they could not be taken in time; name a filter, or write them with -o and look at them later");
            }
        }
    }

    // Nobody waits for the next packet to see this one; a file is read as quickly as it can be.
    private static void Flush(Session session, SnoopRun run)
    {
        if (run.Input is null)
        {
            session.Out.Flush();
        }
    }
}
