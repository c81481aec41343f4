using System.CommandLine;
using System.Globalization;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Look;

/// <summary><c>zone stat</c>, after zonestat(8).</summary>
internal static class StatCommand
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(200);

    public static Command Make()
    {
        Command command = new("stat", "show what zones and the host use: once, or every INTERVAL seconds, COUNT times");
        Argument<string[]> words = new("[NAME …] [INTERVAL [COUNT]]") { Arity = ArgumentArity.ZeroOrMore, Description = "zones (default: all that run), then seconds between two looks, then how many", Validators = { ZoneNames.NoOption } };
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Arguments.Add(words);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            (HashSet<string> names, TimeSpan? interval, long count) = Arguments(parsed.GetValue(words)!);
            foreach (string name in names)
            {
                await session.Host.StatAsync(name, session.Cancel);
            }

            StatSample before = await StatSample.TakeAsync(session, names);
            int code = ExitCode.Ok;
            for (long look = 0; look < count; look++)
            {
                await Task.Delay(interval ?? FirstLook, session.Cancel);
                foreach (ZoneNotFoundException gone in await GoneAsync(session, names))
                {
                    code = ErrorReport.Write(gone, ExitCode.Error);
                    names.Remove(gone.Zone!);
                    if (names.Count == 0)
                    {
                        return code;
                    }
                }

                StatSample now = await StatSample.TakeAsync(session, names);
                StatView.Write(session.Out, before, now, parsed.GetValue(format), stream: interval is not null);
                await session.Out.FlushAsync(session.Cancel);
                before = now;
            }

            return code;
        }));
        return command;
    }

    /// <summary>Of zones that were asked for by name those that are deleted by now: one that is only halted may come back.</summary>
    private static async Task<List<ZoneNotFoundException>> GoneAsync(Session session, HashSet<string> names)
    {
        List<ZoneNotFoundException> gone = [];
        foreach (string name in names)
        {
            try
            {
                await session.Host.InfoAsync(name, session.Cancel);
            }
            catch (ZoneNotFoundException e)
            {
                gone.Add(e);
            }
        }

        return gone;
    }

    /// <summary>A zone's name may be a number, but the last one or two numbers are the interval and the count.</summary>
    internal static (HashSet<string> Names, TimeSpan? Interval, long Count) Arguments(string[] words)
    {
        List<double> numbers = [];
        int names = words.Length;
        while (names > 0 && numbers.Count < 2 && double.TryParse(words[names - 1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            numbers.Insert(0, number);
            names--;
        }

        if (numbers.Any(number => number <= 0) || (numbers.Count == 2 && numbers[1] % 1 != 0) || numbers.FirstOrDefault() > 86_400)
        {
            throw new UsageException("the interval is a number of seconds above 0, at most a day, and the count a whole number above 0");
        }

        TimeSpan? interval = numbers.Count > 0 ? TimeSpan.FromSeconds(numbers[0]) : null;
        return ([.. words[..names]], interval, interval is null ? 1 : numbers.Count == 2 ? (long)numbers[1] : long.MaxValue);
    }
}
