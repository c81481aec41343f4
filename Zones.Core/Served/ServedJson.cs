using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zones.Served;

/// <summary>Everything that a served host and its clients say to each other, as JSON: names as in a spec, a field always there. A spec is its YAML as
/// one text; a document of the schema, as an object, is understood too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(SpecConverter), typeof(SpecMapConverter), typeof(StateConverter), typeof(TerminalSizeConverter), typeof(WordConverter<ExecIo>), typeof(WordConverter<PlannedAction>),
        typeof(WordConverter<OperationState>), typeof(SpecListConverter<string>), typeof(SpecListConverter<PropertyChange>), typeof(SpecListConverter<ZoneSpec>),
        typeof(SpecListConverter<PlannedZone>), typeof(SpecListConverter<ZoneChange>), typeof(SpecListConverter<ZoneFailure>),
    ])]
[JsonSerializable(typeof(ServedGreeting))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(OperationDocument))]
[JsonSerializable(typeof(IReadOnlyList<OperationDocument>))]
[JsonSerializable(typeof(SessionMessage))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ZoneInfo))]
[JsonSerializable(typeof(IReadOnlyList<ZoneInfo>))]
[JsonSerializable(typeof(ZoneUsage))]
[JsonSerializable(typeof(ZoneEvent))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(RecoveryReport))]
[JsonSerializable(typeof(AutobootReport))]
[JsonSerializable(typeof(AttachReport))]
[JsonSerializable(typeof(ApplyRequest))]
[JsonSerializable(typeof(ApplyPlan))]
[JsonSerializable(typeof(ApplyReport))]
[JsonSerializable(typeof(ZoneChange))]
[JsonSerializable(typeof(BootOptions))]
[JsonSerializable(typeof(AttachOptions))]
[JsonSerializable(typeof(NoRequest))]
[JsonSerializable(typeof(SpecRequest))]
[JsonSerializable(typeof(ShutdownRequest))]
[JsonSerializable(typeof(DeleteRequest))]
[JsonSerializable(typeof(CloneRequest))]
[JsonSerializable(typeof(MoveRequest))]
[JsonSerializable(typeof(MarkRequest))]
[JsonSerializable(typeof(UpdateRequest))]
[JsonSerializable(typeof(CopyRequest))]
[JsonSerializable(typeof(CopyReport))]
internal sealed partial class ServedJson : JsonSerializerContext
{
    private static ServedJson? s_strict;

    /// <summary>For what comes from clients: a name that means nothing is a mistake.</summary>
    public static ServedJson Strict => s_strict ??= new(new JsonSerializerOptions(Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow });
}
