using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Repair;

/// <summary><c>zone mark</c>.</summary>
internal static class MarkCommand
{
    private static readonly ZoneState[] States = [ZoneState.Incomplete, ZoneState.Unavailable, ZoneState.Installed];

    public static Command Make()
    {
        Command command = new("mark", "say by hand that an installed zone is incomplete or unavailable, or installed again");
        Argument<string> name = ZoneNames.One();
        Argument<ZoneState> state = new("STATE")
        {
            Description = "incomplete, unavailable or installed",
            CustomParser = result =>
            {
                string word = result.Tokens[0].Value;
                if (ZoneStateText.TryParse(word, out ZoneState found) && States.Contains(found))
                {
                    return found;
                }

                result.AddError($"'{word}' is not a state to mark a zone with; allowed are incomplete, unavailable and installed");
                return default;
            },
        };
        state.CompletionSources.Clear();
        state.CompletionSources.Add([.. States.Select(known => known.Text())]);
        command.Arguments.Add(name);
        command.Arguments.Add(state);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            await session.Host.MarkAsync(parsed.GetValue(name)!, parsed.GetValue(state), session.Cancel);
            return ExitCode.Ok;
        }));
        return command;
    }
}
