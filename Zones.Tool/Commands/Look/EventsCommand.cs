using System.CommandLine;
using System.Globalization;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Look;

/// <summary><c>zone events</c>.</summary>
internal static class EventsCommand
{
    public static Command Make()
    {
        Command command = new("events", "show what happened to zones, in order; --follow goes on");
        Argument<string[]> names = new("NAME") { Arity = ArgumentArity.ZeroOrMore, Description = "only of these zones", Validators = { ZoneNames.NoOption } };
        Option<bool> follow = new("--follow") { Description = "go on with what happens until interrupted" };
        Option<long?> after = NumberOption.Make("--after", [], "CURSOR", "only events after this one", long.MaxValue);
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Arguments.Add(names);
        command.Options.Add(follow);
        command.Options.Add(after);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            HashSet<string> wanted = [.. parsed.GetValue(names)!];
            HashSet<string> unseen = [.. wanted];
            OutputFormat shape = parsed.GetValue(format);
            if (parsed.GetValue(follow))
            {
                await RequireKnownAsync(session, unseen);
            }

            await foreach (ZoneEvent e in session.Host.WatchAsync(parsed.GetValue(after) ?? 0, parsed.GetValue(follow), session.Cancel))
            {
                unseen.Remove(e.Zone);
                if (wanted.Count > 0 && !wanted.Contains(e.Zone))
                {
                    continue;
                }

                if (shape == OutputFormat.Table)
                {
                    session.Out.WriteLine(Visible.Text(Line(e)));
                }
                else
                {
                    Document.WriteElement(session.Out, Shown.Event(e), shape);
                }

                if (parsed.GetValue(follow))
                {
                    await session.Out.FlushAsync(session.Cancel);
                }
            }

            await RequireKnownAsync(session, unseen);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>A zone that is deleted still has its events; one that has neither is a mistake.</summary>
    private static async Task RequireKnownAsync(Session session, HashSet<string> unseen)
    {
        HashSet<string> unknown = [.. unseen];
        if (unknown.Count > 0)
        {
            unknown.ExceptWith((await session.Host.ListAsync(session.Cancel)).Select(zone => zone.Name));
        }

        if (unknown.Count > 0)
        {
            await foreach (ZoneEvent e in session.Host.WatchAsync(0, follow: false, session.Cancel))
            {
                unknown.Remove(e.Zone);
            }
        }

        foreach (string name in unknown)
        {
            await session.Host.InfoAsync(name, session.Cancel);
        }
    }

    private static string Line(ZoneEvent e)
    {
        string change = e.From is { } from && e.To is { } to ? $"{from.Text()} → {to.Text()}" : "";
        string[] parts = [e.Cursor.ToString(CultureInfo.InvariantCulture).PadLeft(6), e.Time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture), e.Zone.PadRight(12), e.Kind.PadRight(9), change, e.Detail ?? ""];
        return string.Join("  ", parts).TrimEnd();
    }
}
