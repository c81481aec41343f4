namespace Zones.Served;

/// <summary>An error as a document (RFC 9457), with all that a <see cref="ZoneException"/> has, so that a client throws what the host threw.</summary>
/// <param name="Type"><c>urn:zones:</c> and which exception it is.</param>
/// <param name="Status">The status of the answer that it came with (RFC 9110, section 15).</param>
/// <param name="Detail">The message.</param>
internal sealed record ProblemDocument(string Type, int Status, string Detail)
{
    private const string Prefix = "urn:zones:";
    private const string Base = Prefix + "zone", Spec = Prefix + "spec", Place = Prefix + "state", NotFound = Prefix + "not-found", Resource = Prefix + "resource",
        Host = Prefix + "host", Argument = Prefix + "argument", Io = Prefix + "io", Cancelled = Prefix + "cancelled", Internal = Prefix + "internal";

    /// <summary><see cref="ZoneException.Zone"/>.</summary>
    public string? Zone { get; init; }

    /// <summary><see cref="ZoneException.Operation"/>.</summary>
    public string? Operation { get; init; }

    /// <summary><see cref="ZoneException.Path"/>.</summary>
    public string? Path { get; init; }

    /// <summary><see cref="ZoneException.Errno"/>.</summary>
    public int Errno { get; init; }

    /// <summary><see cref="ZoneException.IsTransient"/>.</summary>
    public bool Transient { get; init; }

    /// <summary><see cref="ZoneStateException.State"/>.</summary>
    public ZoneState? State { get; init; }

    /// <summary><see cref="ZoneResourceException.ResourceKind"/>.</summary>
    public string? ResourceKind { get; init; }

    /// <summary><see cref="HostCapabilityException.Property"/>.</summary>
    public string? Property { get; init; }

    /// <summary><see cref="ZoneSpecException.Problems"/>.</summary>
    public IReadOnlyList<SpecProblem>? Problems { get; init; }

    /// <summary>Whether it is a mistake of the library's own.</summary>
    internal bool IsInternal => Type == Internal;

    /// <summary>What an exception is told as.</summary>
    public static ProblemDocument Of(Exception error) => error switch
    {
        ZoneSpecException spec => Fields(new(Spec, 422, error.Message) { Problems = spec.Problems }, spec),
        ZoneStateException state => Fields(new(Place, 409, error.Message) { State = state.State }, state),
        ZoneNotFoundException missing => Fields(new(NotFound, 404, error.Message), missing),
        ZoneResourceException resource => Fields(new(Resource, 500, error.Message) { ResourceKind = resource.ResourceKind }, resource),
        HostCapabilityException host => Fields(new(Host, 501, error.Message) { Property = host.Property }, host),
        ZoneException zone => Fields(new(Base, zone.Errno == Wire.Linux.EPERM ? 403 : zone.IsTransient ? 503 : 409, error.Message), zone),
        ArgumentException => new(Argument, 400, error.Message),
        IOException or UnauthorizedAccessException => new(Io, 500, error.Message),
        OperationCanceledException => new(Cancelled, 409, "cancelled"),
        _ => new(Internal, 500, $"internal error of the served host: {error.GetType().Name}; see its log, and please report it"),
    };

    /// <summary>What the client throws.</summary>
    public Exception ToException() => Type switch
    {
        Spec when Problems is { Count: > 0 } problems => new ZoneSpecException(problems) { Zone = Zone, Operation = Operation, Path = Path, Errno = Errno, IsTransient = Transient },
        Place when State is { } state => new ZoneStateException(Detail, state) { Zone = Zone, Operation = Operation, Path = Path, Errno = Errno, IsTransient = Transient },
        NotFound when Zone is not null => new ZoneNotFoundException(Zone, Detail) { Operation = Operation, Path = Path, Errno = Errno, IsTransient = Transient },
        Resource when ResourceKind is not null => new ZoneResourceException(Detail, ResourceKind) { Zone = Zone, Operation = Operation, Path = Path, Errno = Errno, IsTransient = Transient },
        Host => new HostCapabilityException(Detail, Property) { Zone = Zone, Operation = Operation, Path = Path, Errno = Errno, IsTransient = Transient },
        Argument => new ArgumentException(Detail),
        Io => new IOException(Detail),
        Cancelled => new OperationCanceledException(Detail),
        _ => new ZoneException(Detail) { Zone = Zone, Operation = Operation, Path = Path, Errno = Errno, IsTransient = Transient },
    };

    private static ProblemDocument Fields(ProblemDocument problem, ZoneException error) =>
        problem with { Zone = error.Zone, Operation = error.Operation, Path = error.Path, Errno = error.Errno, Transient = error.IsTransient };
}
