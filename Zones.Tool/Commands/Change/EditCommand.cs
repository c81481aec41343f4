using System.CommandLine;
using Zones.Hosting;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Change;

/// <summary><c>zone edit</c>.</summary>
internal static class EditCommand
{
    public static Command Make()
    {
        Command command = new("edit", "change a zone's spec in $VISUAL, $EDITOR or vi");
        Argument<string> name = ZoneNames.One();
        command.Arguments.Add(name);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            ZoneInfo info = await session.RequireAsync(parsed.GetValue(name)!, Verb.Update);
            Editor editor = new(info.Name + ".yaml", ZoneSpecYaml.Write(info.Spec));

            // The editor's terminal is ours: its Ctrl-C is not meant for us.
            session.OnSignals(_ => { });
            ZoneSpec? spec = null;
            while (spec is null)
            {
                await editor.RunAsync();
                if (editor.IsUnchanged)
                {
                    editor.Discard();
                    Complaint.Write("nothing was changed");
                    return ExitCode.Ok;
                }

                spec = await ReadAsync(editor);
            }

            session.CancelOnSignals();
            try
            {
                ZoneChange change = await session.Host.UpdateAsync(info.Name, spec, info.Spec, session.Cancel);
                editor.Discard();
                ChangeView.WriteChange(session.Out, change, info.Spec, spec);
                return ExitCode.Ok;
            }
            catch
            {
                Complaint.Write(editor.Kept);
                throw;
            }
        }));
        return command;
    }

    /// <summary>What was written; null when it is wrong and is to be edited again.</summary>
    private static async Task<ZoneSpec?> ReadAsync(Editor editor)
    {
        try
        {
            return SpecSource.FromFile(editor.File);
        }
        catch (ZoneSpecException e)
        {
            ErrorReport.Write(e, ExitCode.Error);
            return !Console.IsInputRedirected && await Confirm.AskAsync("edit it again", CancellationToken.None) ? null : throw new ZoneException(editor.Kept);
        }
    }
}
