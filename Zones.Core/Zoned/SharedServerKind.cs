using Zones.Hosting;

namespace Zones.Zoned;

/// <summary>A ledger's kind for a server that several zones use at once: each has a row of the same name, the first to acquire starts the server, and the
/// last to release ends it.</summary>
/// <param name="context">The host.</param>
internal abstract class SharedServerKind(HostContext context) : IResourceKind
{
    public abstract string Kind { get; }

    /// <summary>The host.</summary>
    protected HostContext Context { get; } = context;

    /// <summary>The servers of the state directory.</summary>
    protected HeldServers Servers { get; } = new(context);

    /// <summary>The server's name.</summary>
    protected virtual string ServerOf(Resource resource) => resource.Name;

    public abstract void Acquire(Resource resource, ResourceBoot boot);

    public virtual void Release(Resource resource) => Servers.Locked(ServerOf(resource), () =>
    {
        // The row goes with the decision, under the lock: of two zones that let go at once, the second finds itself alone.
        if (!Context.Catalogue.IsShared(resource))
        {
            Servers.Drop(ServerOf(resource));
        }

        Context.Catalogue.Forget(resource);
        return true;
    });

    public virtual ResourceCondition Probe(Resource resource) => IsThere(resource) ? ResourceCondition.Present : ResourceCondition.Absent;

    /// <summary>A look is enough: what finds the server gives the keeper what it has.</summary>
    public virtual void Adopt(Resource resource) => IsThere(resource);

    /// <summary>Servers answer interrupts, so this one is no more itself. The last who uses it ends it; with others another takes its place, and is asked
    /// again what this one did not answer.</summary>
    public void Abort(Resource resource) => Servers.Locked(ServerOf(resource), () =>
    {
        if (!Context.Catalogue.IsShared(resource))
        {
            Servers.Drop(ServerOf(resource));
        }
        else if (Servers.IsThere(ServerOf(resource)))
        {
            // The keeper has what it serves: it starts the next.
            ServerRecord.Read(Context.Zoned.RunDirectory, ServerOf(resource))?.Kill();
        }

        return true;
    });

    /// <summary>Starts a server, if nobody has yet.</summary>
    protected void StartOnce(string server, Action start) => Servers.Locked(server, () =>
    {
        if (!Servers.IsThere(server))
        {
            start();
        }

        return true;
    });

    private bool IsThere(Resource resource) => Servers.Locked(ServerOf(resource), () => Servers.IsThere(ServerOf(resource)));
}
