namespace Zones.Roots;

/// <summary>Opens roots that are no directories of this host. What has to be there for it is a resource of the zone.</summary>
internal interface IRootProvider
{
    /// <summary>Whether it knows roots of this kind.</summary>
    bool Provides(RootSource source);

    /// <summary>Looks whether the root could be opened, without making anything.</summary>
    /// <param name="spec">Valid in itself.</param>
    /// <param name="problems">What keeps it from being opened.</param>
    /// <param name="warnings">What a person should know.</param>
    void Verify(ZoneSpec spec, List<SpecProblem> problems, List<string> warnings);

    /// <summary>What the zone has to hold for its root, while it is installed and from ready to halt; null for nothing. The
    /// generation is the caller's to fill in.</summary>
    /// <param name="spec">The definition.</param>
    Resource? Intent(ZoneSpec spec);

    /// <summary>Opens the root; what <see cref="Intent"/> says is held.</summary>
    /// <exception cref="ZoneResourceException">It is not there.</exception>
    RootTree Open(ZoneSpec spec);
}
