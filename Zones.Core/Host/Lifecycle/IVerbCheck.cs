namespace Zones.Hosting;

/// <summary>A host, in process or served, that says beforehand what a verb would be refused for, so that nobody is asked or sent to an editor in vain.</summary>
internal interface IVerbCheck
{
    /// <summary>Throws what the verb itself would throw for a zone that is not there, its state, and the caller's rights; changes nothing but what any verb puts right first.</summary>
    /// <returns>The zone as it was found.</returns>
    Task<ZoneInfo> RequireAsync(string name, Verb verb, CancellationToken cancellationToken);
}
