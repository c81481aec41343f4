using System.CommandLine;
using System.Text.Json.Nodes;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Repair;

/// <summary><c>zone recover</c>.</summary>
internal static class RecoverCommand
{
    public static Command Make()
    {
        Command command = new("recover", "put right what died; runs by itself after a crash or a boot of the host");
        Option<OutputFormat> format = GlobalOptions.Format();
        command.Options.Add(format);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            session.CancelOnSignals();
            RecoveryReport report = await session.Host.RecoverAsync(session.Cancel);
            (string Title, IReadOnlyList<string> Zones)[] parts = [("adopted", report.Adopted), ("released", report.Released), ("unknown", report.Unknown)];
            if (parsed.GetValue(format) is not OutputFormat.Table and var tree)
            {
                Document.Write(session.Out, new JsonObject(parts.Select(part => KeyValuePair.Create(part.Title, (JsonNode?)Shown.Texts(part.Zones)))), tree);
                return ExitCode.Ok;
            }

            foreach ((string title, IReadOnlyList<string> zones) in parts)
            {
                session.Out.WriteLine($"{title,-9} {(zones.Count == 0 ? "-" : string.Join(", ", zones))}");
            }

            return ExitCode.Ok;
        }));
        return command;
    }
}
