using Zones.Hosting;

namespace Zones.Tool.Commands;

/// <summary>What a person is asked before a verb is done to a zone that it can be done to.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Text">The question about a zone, without its mark.</param>
internal sealed record Question(Verb Verb, Func<ZoneInfo, string> Text);
