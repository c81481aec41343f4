using System.CommandLine;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Define;

/// <summary><c>zone show</c>.</summary>
internal static class ShowCommand
{
    public static Command Make()
    {
        Command command = new("show", "print the spec of a zone, as 'create -f' takes it");
        Argument<string> name = ZoneNames.One();
        Option<OutputFormat> format = GlobalOptions.Format(OutputFormat.Yaml);
        command.Arguments.Add(name);
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            ZoneInfo info = await session.Host.InfoAsync(parsed.GetValue(name)!, session.Cancel);
            switch (parsed.GetValue(format))
            {
                case OutputFormat.Yaml:
                    foreach (PropertyChange waiting in info.Pending)
                    {
                        session.Out.WriteLine("# not in force yet: " + ChangeView.Line(waiting));
                    }

                    session.Out.Write(ZoneSpecYaml.Write(info.Spec));
                    break;
                case OutputFormat.Json:
                    Document.Write(session.Out, Shown.Spec(info.Spec), OutputFormat.Json);
                    break;
                default:
                    Columns table = new("PROPERTY", "VALUE");
                    foreach ((string property, System.Text.Json.Nodes.JsonNode? value) in Shown.Spec(info.Spec).AsObject())
                    {
                        table.Add(property, value is System.Text.Json.Nodes.JsonValue text ? text.ToString() : value?.ToJsonString() ?? "");
                    }

                    foreach (PropertyChange waiting in info.Pending)
                    {
                        table.Add("(not in force yet)", ChangeView.Line(waiting));
                    }

                    table.WriteTo(session.Out);
                    break;
            }

            return ExitCode.Ok;
        }));
        return command;
    }
}
