namespace Zones.Tests.Resources;

/// <summary>A kind that makes nothing and writes down what it is asked, in one journal with its siblings.</summary>
internal sealed class RecordingKind(string kind, List<string> journal) : IResourceKind
{
    private readonly HashSet<string> _present = [];

    public string Kind => kind;

    /// <summary>What is thrown, by name of the resource, when it is acquired.</summary>
    public Dictionary<string, Exception> FailsToAcquire { get; } = [];

    /// <summary>What is thrown when it is released.</summary>
    public Dictionary<string, Exception> FailsToRelease { get; } = [];

    public void Acquire(Resource resource, ResourceBoot boot)
    {
        journal.Add($"acquire {kind} {resource.Name}");

        // As a real one that fails half-way: something of it is there.
        _present.Add(resource.Name);
        if (FailsToAcquire.TryGetValue(resource.Name, out Exception? error))
        {
            throw error;
        }
    }

    public void Release(Resource resource)
    {
        journal.Add($"release {kind} {resource.Name}{(_present.Contains(resource.Name) ? "" : " (absent)")}");
        if (FailsToRelease.TryGetValue(resource.Name, out Exception? error))
        {
            throw error;
        }

        _present.Remove(resource.Name);
    }

    public ResourceCondition Probe(Resource resource) => _present.Contains(resource.Name) ? ResourceCondition.Present : ResourceCondition.Absent;
}
