using System.CommandLine;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Travel;

/// <summary><c>zone detach</c>.</summary>
internal static class DetachCommand
{
    public static Command Make() => EachZone.Of(
        new("detach", "leave a halted zone's files, with a manifest beside them, to be attached here or elsewhere"),
        "detaching",
        async (session, _, name) => session.Out.WriteLine(await session.Host.DetachAsync(name, session.Cancel)));
}
