using System.CommandLine;
using Zones.Network.Diskless;
using Zones.Storage.Mounts;
using Zones.Storage.Served;
using Zones.Storage.View;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Internal;

/// <summary><c>zone serve-mount</c>: the process behind a mount that zones read through, a root that is served to domains, or what answers domains that ask for their address; zoned runs it. Not for people.</summary>
internal static class ServeMountCommand
{
    public static Command Make()
    {
        Command command = new("serve-mount", "serve a mount; zoned runs this") { Hidden = true };
        Argument<string> name = new("NAME");
        Argument<string> descriptors = new("DESCRIPTORS");
        command.Arguments.Add(name);
        command.Arguments.Add(descriptors);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            InlineSockets.Use();
            (string state, string server, string numbers) = (session.Options.StateDirectory, parsed.GetValue(name)!, parsed.GetValue(descriptors)!);
            if (server.StartsWith(ResponderServer.Prefix, StringComparison.Ordinal))
            {
                ResponderServer.Run(state, server, numbers);
            }

            await (server == ViewKind.Server ? ViewServer.RunAsync(state, numbers)
                : server.StartsWith(ServedRoot.Prefix, StringComparison.Ordinal) ? ExportServer.RunAsync(state, server, numbers)
                : MountServer.RunAsync(state, server, numbers));
            return ExitCode.Ok;
        }));
        return command;
    }
}
