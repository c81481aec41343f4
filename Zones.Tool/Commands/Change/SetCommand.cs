using System.CommandLine;
using Zones.Specs;
using Zones.Tool.Cli;
using Zones.Tool.Output;

namespace Zones.Tool.Commands.Change;

/// <summary><c>zone set</c> and <c>zone unset</c>.</summary>
internal static class SetCommand
{
    public static Command MakeSet() => Make(
        new("set", "change properties of a zone, at once where a running zone can take it"),
        new("PROPERTY=VALUE") { Arity = ArgumentArity.OneOrMore, Description = "a path as errors name it, such as capped-memory.physical, attr.tenant, fs[0].options, fs[+]; a value as in a spec; 'zone help spec' has them all" },
        words =>
        {
            List<(string, string)> assignments = [.. words.Select(word => word.Split('=', 2) is [string property, string value] ? (property, value) : throw new UsageException($"'{word}' is not PROPERTY=VALUE"))];
            return spec => SpecEditor.Set(spec, assignments);
        });

    public static Command MakeUnset() => Make(
        new("unset", "take properties of a zone away, so that they have their defaults"),
        new("PROPERTY") { Arity = ArgumentArity.OneOrMore, Description = "a path as errors name it, such as capped-memory, attr.tenant, fs[0]; 'zone help spec' has them all" },
        words => spec => SpecEditor.Unset(spec, words));

    private static Command Make(Command command, Argument<string[]> words, Func<string[], Func<ZoneSpec, ZoneSpec>> change)
    {
        Argument<string> name = ZoneNames.One();
        command.Arguments.Add(name);
        command.Arguments.Add(words);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            Func<ZoneSpec, ZoneSpec> changed = change(parsed.GetValue(words)!);
            session.CancelOnSignals();
            Zone zone = await session.Host.GetAsync(parsed.GetValue(name)!, session.Cancel);
            ZoneSpec? from = null, to = null;
            ZoneChange made = await zone.UpdateAsync(spec => to = changed(from = spec), session.Cancel);
            ChangeView.WriteChange(session.Out, made, from!, to!);
            return ExitCode.Ok;
        }));
        return command;
    }
}
