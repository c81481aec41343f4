namespace Zones.Specs;

/// <summary>What a zone keeps for as long as its private files are there, and what to do instead.</summary>
internal static class ImmutableProperties
{
    private const string Files = "is what the private files of an installed zone were made from and belong to; uninstall the zone first, then change it and install it again";

    /// <summary>What of a change is not possible.</summary>
    /// <param name="from">The zone's spec.</param>
    /// <param name="to">What is wanted.</param>
    /// <param name="hasFiles">Whether the zone is installed, or may be.</param>
    public static List<SpecProblem> Check(ZoneSpec from, ZoneSpec to, bool hasFiles)
    {
        List<SpecProblem> problems = [];
        foreach (PropertyChange change in SpecDiff.Between(from, to))
        {
            string? message = change.Property switch
            {
                "zone" => "a zone keeps its name; create another one of that name with this spec",
                "brand" when hasFiles => Files,
                "zonepath" when hasFiles => "is where the private files of an installed zone are; uninstall the zone first, then change it and install it again",
                "root.source" or "root.image" or "root.type" or "root.inherit" when hasFiles => Files,
                "security.user-namespace" or "security.id-base" when hasFiles => Files,
                _ => null,
            };
            if (message is not null)
            {
                problems.Add(new(change.Property, change.To ?? change.From, message));
            }
        }

        return problems;
    }
}
