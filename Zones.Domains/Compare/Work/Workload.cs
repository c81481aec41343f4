using System.Globalization;
using YamlDotNet.RepresentationModel;
using Zones.Specs;

namespace Zones.Domains.Compare;

/// <summary>A workload of the user's own, for a comparison.</summary>
public sealed record Workload
{
    /// <summary><c>command</c>: what is booted, instead of the spec's init.</summary>
    public SpecList<string>? Command { get; init; }

    /// <summary><c>answer.line</c>: it has answered when it has printed a line that contains this.</summary>
    public string? AnswerLine { get; init; }

    /// <summary><c>answer.tcp</c>: it has answered when it takes connections at this port.</summary>
    public int? AnswerTcp { get; init; }

    /// <summary><c>run</c>: commands that are run inside after that, each timed.</summary>
    public SpecList<WorkloadRun> Run { get; init; } = [];

    /// <summary>Reads one from YAML, or JSON, which is YAML too.</summary>
    /// <param name="text">Such as <c>answer: { tcp: 80 }</c> and <c>run: [ { name: build, command: [/usr/bin/make] } ]</c>.</param>
    /// <param name="source">Named in errors, such as the file.</param>
    /// <exception cref="ZoneSpecException">It is none.</exception>
    public static Workload Read(string text, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        YamlReading reading = new(source);
        Workload? read = reading.Document(text) is { } map ? Read(map) : null;
        return reading.Problems.Count == 0 ? read! : throw new ZoneSpecException(reading.InOrder()) { Operation = "compare" };
    }

    private static Workload Read(YamlMap map)
    {
        YamlMap? answer = map.Section("answer");
        Workload read = new()
        {
            Command = Program(map),
            AnswerLine = answer?.Text("line"),
            AnswerTcp = answer?.Number("tcp"),
            Run = map.Each("run", ReadRun) ?? [],
        };
        if (read.AnswerTcp is < 1 or > 65535)
        {
            answer!.Report("tcp", read.AnswerTcp.Value.ToString(CultureInfo.InvariantCulture), "is no port: 1 to 65535");
        }

        if (answer is not null && read.AnswerLine is null == read.AnswerTcp is null)
        {
            map.Report("answer", null, "says either line: TEXT or tcp: PORT");
        }

        foreach (IGrouping<string, WorkloadRun> name in read.Run.GroupBy(run => run.Name).Where(group => group.Count() > 1))
        {
            map.Report("run", name.Key, $"'{name.Key}' is the name of {name.Count()} commands; give each its own");
        }

        answer?.Finish();
        map.Finish();
        return read;
    }

    private static WorkloadRun? ReadRun(YamlReading reading, YamlNode node, string path)
    {
        if (YamlValue.Map(reading, node, path) is not { } map)
        {
            return null;
        }

        (string? name, SpecList<string>? command) = (map.Text("name"), Program(map));
        map.Finish();
        if (name is not { Length: > 0 } || command is null)
        {
            reading.Report(node, path, null, "has a name and a command: { name: build, command: [/usr/bin/make] }");
            return null;
        }

        return new(name, command);
    }

    /// <summary>There is no shell, and a process of the host has no PATH of the root's to look in.</summary>
    private static SpecList<string>? Program(YamlMap map)
    {
        SpecList<string>? command = map.Texts("command");
        if (command is not null && (command.Count == 0 || !command[0].StartsWith('/')))
        {
            map.Report("command", command.Count == 0 ? null : command[0], "begins with the absolute path of a program in the root");
        }

        return command;
    }
}

/// <summary>A command that is timed.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Command">Program, an absolute path, and arguments; it has to end with status 0.</param>
public sealed record WorkloadRun(string Name, SpecList<string> Command);
