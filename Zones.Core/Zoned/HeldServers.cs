using Zones.Catalogue;
using Zones.Hosting;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>Servers of a state directory, in processes of their own: zoned's keeper has their descriptors and runs them. Everything here
/// is done under the server's lock, and may be done twice.</summary>
/// <param name="context">The host.</param>
internal sealed class HeldServers(HostContext context)
{
    /// <summary>Runs an action while no other process does anything with the server. The lock's file is there only meanwhile: of the servers of zones
    /// that are long deleted nobody would know that theirs may go.</summary>
    public T Locked<T>(string name, Func<T> action)
    {
        using ZoneLock held = ZoneLock.AcquireAsync(context.State, "." + name, CancellationToken.None).GetAwaiter().GetResult();
        try
        {
            return action();
        }
        finally
        {
            held.Remove();
        }
    }

    /// <summary>The server's descriptors; null when there is none. A new keeper gets them back from the server, if that lives.</summary>
    public IReadOnlyList<SafeFd>? Find(string name) => With<IReadOnlyList<SafeFd>?>(keeper =>
    {
        if (keeper.Fetch(name) is { } held)
        {
            return held;
        }

        ServerRecord? record = ServerRecord.Read(context.Zoned.RunDirectory, name);
        IReadOnlyList<SafeFd>? taken = record?.Take();
        if (taken is not null)
        {
            keeper.Hold(name, taken, record!.Process.Pid, record.Process.StartTicks);
        }

        return taken;
    });

    /// <summary>Whether it is there, or can be had back.</summary>
    public bool IsThere(string name)
    {
        IReadOnlyList<SafeFd>? held = Find(name);
        foreach (SafeFd descriptor in held ?? [])
        {
            descriptor.Dispose();
        }

        return held is not null;
    }

    /// <summary>Has the keeper run a server on descriptors.</summary>
    public void Hold(string name, IReadOnlyList<SafeFd> descriptors) => With(keeper => keeper.Hold(name, descriptors));

    /// <summary>Ends the server, whoever still uses it; nothing when there is none.</summary>
    public void Drop(string name)
    {
        // Without a keeper the server's descriptors are the last: what it serves ends with it.
        ServerRecord? record = ServerRecord.Read(context.Zoned.RunDirectory, name);
        using (KeeperConnection? keeper = context.Zoned.KeeperIfRunning())
        {
            keeper?.Drop(name);
        }

        record?.Kill();
        foreach (string file in (string[])[ServerFile.PathOf(context.Zoned.RunDirectory, name), HeldServerLog.PathOf(context.State, name)])
        {
            if (File.Exists(file))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>A conversation in which a question was not answered in time is over: its answer would be taken for that to the next.</summary>
    private T With<T>(Func<KeeperConnection, T> ask)
    {
        KeeperConnection keeper = context.Zoned.Keeper();
        try
        {
            T answer = ask(keeper);
            context.Zoned.Return(keeper);
            return answer;
        }
        catch
        {
            keeper.Dispose();
            throw;
        }
    }
}
