using Zones.Catalogue;
using Zones.Interop;
using Zones.Roots;
using Zones.Wire;

namespace Zones.Hosting;

/// <content>Clone and move: private files made from private files.</content>
internal sealed partial class Lifecycle
{
    /// <summary>Installs a zone with a copy of another's files; one that is not configured gets the other's spec.</summary>
    public async Task CloneAsync(string name, string source, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ZoneSpec original = context.Spec(context.Row(source));
        if (name == source)
        {
            throw new ZoneException($"{name}: is not cloned from itself; name another zone") { Zone = name, Operation = "clone" };
        }

        bool created = context.Catalogue.Find(name) is null;
        if (created)
        {
            HostContext.RequireRoot();
            await CreateAsync(CopyOf(original, name), cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await OperateAsync(Verb.Clone, name, needsZoned: false, (row, _, keeper) =>
            {
                if (Check(Verb.Clone, row))
                {
                    Clone(row, Settle(context.Row(source), keeper), cancellationToken);
                }
            }, cancellationToken, source).ConfigureAwait(false);
        }
        catch when (created)
        {
            await DeleteCreatedAsync(name, "clone").ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Deletes a zone that was created for an operation which failed; why that failed is what the caller wants to hear, whatever comes of this.</summary>
    private async Task DeleteCreatedAsync(string name, string operation)
    {
        try
        {
            await DeleteAsync(name, force: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.NotUndone(context.Logger, name, operation, e.Message);
        }
    }

    /// <summary>Moves a zone's private files.</summary>
    public Task MoveAsync(string name, string zonepath, CancellationToken cancellationToken) => OperateAsync(Verb.Move, name, needsZoned: false, (row, _, _) =>
    {
        if (Check(Verb.Move, row) && zonepath != row.Zonepath)
        {
            Move(row, zonepath, cancellationToken);
        }
    }, cancellationToken);

    /// <summary>The same zone under another name, without what no two zones have.</summary>
    public static ZoneSpec CopyOf(ZoneSpec spec, string name) => spec with
    {
        Zone = name,
        Zonepath = null,
        Hostname = null,
        Hostid = null,
        Security = spec.Security with { IdBase = null },
        Anet = [.. spec.Anet.Select(anet => anet with { MacAddress = anet.MacAddress == "random" ? "random" : "auto" })],
    };

    private void Clone(ZoneRow row, ZoneRow source, CancellationToken cancellationToken)
    {
        if (source.ZoneState != ZoneState.Installed)
        {
            string advice = source.ZoneState is ZoneState.Configured or ZoneState.Incomplete ? "install it first" : source.ZoneState == ZoneState.Unavailable ? "see its events" : "halt it first";
            throw new ZoneStateException($"{source.Name}: is {source.State}, and a zone is cloned from one that is installed and halted; {advice}", source.ZoneState) { Zone = source.Name, Operation = "clone" };
        }

        (ZoneSpec spec, ZoneSpec original) = (context.Spec(row), context.Spec(source));
        if (OtherRoot(spec, original, source.Name) is [_, ..] problems)
        {
            throw new ZoneSpecException(problems) { Zone = row.Name, Operation = "clone" };
        }

        // Programs of the spec are looked for where they will be copied from.
        ZoneSpec looked = spec with { Zonepath = source.Zonepath };
        SharedRoot? shared = _verifier.Require(looked);
        WithRoot(row, spec, tree =>
        {
            if (shared is null)
            {
                _verifier.RequireTree(looked, tree);
            }

            _installer.Clone(row, spec, tree, source, original, cancellationToken);
        });
    }

    /// <summary>Private files fit the root over which they were made, and no other.</summary>
    private static List<SpecProblem> OtherRoot(ZoneSpec spec, ZoneSpec original, string owner) =>
        spec.Brand == original.Brand && spec.Root with { FileMacProfile = original.Root.FileMacProfile } == original.Root
            ? []
            : [new("root", null, $"is not that of {owner}, and private files fit the root over which they were made; give it the same brand, source, type and inherit")];

    private void Move(ZoneRow row, string zonepath, CancellationToken cancellationToken)
    {
        ZoneSpec spec = context.Spec(row);
        bool derived = zonepath == context.ZonepathOf(spec with { Zonepath = null });
        ZoneSpec moved = spec with { Zonepath = derived ? null : zonepath };
        List<SpecProblem> problems = [.. ZoneSpecValidator.Validate(spec with { Zonepath = zonepath })];
        if (problems.Count == 0)
        {
            ZonepathCheck.CheckInstalled(row.Zonepath, problems);
            ZonepathCheck.CheckEmpty(zonepath, problems);
        }

        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Zone = row.Name, Operation = "move" };
        }

        context.Catalogue.RequireFree(row.Name, zonepath);
        if (!Rename(row, zonepath, moved))
        {
            Copy(row, zonepath, moved, cancellationToken);
        }
    }

    /// <returns>Whether that was possible: not from one file system to another.</returns>
    private bool Rename(ZoneRow row, string zonepath, ZoneSpec moved) => Undoable(row, FilesKind.Return(row.Name, zonepath, row.Zonepath), intent =>
    {
        ZoneInstaller.MakeParent(zonepath);
        int errno = PrivateFiles.Move(row.Zonepath, zonepath);
        if (errno is Linux.EXDEV or Linux.EBUSY)
        {
            return false;
        }

        if (errno != 0)
        {
            throw new ZoneResourceException($"{row.Zonepath}: cannot move it to {zonepath}: {KernelError.Describe(errno)}", "root") { Zone = row.Name, Operation = "move", Path = row.Zonepath, Errno = errno };
        }

        PrivateFiles.Sync(zonepath);
        context.Catalogue.Relocate(row.Name, zonepath, ZoneSpecYaml.Write(moved), [intent], []);
        return true;
    });

    /// <summary>The copy counts when it is whole and on the disk; only then the original goes.</summary>
    private void Copy(ZoneRow row, string zonepath, ZoneSpec moved, CancellationToken cancellationToken)
    {
        List<Resource> left = [];
        Undoable(row, FilesKind.Remove(row.Name, zonepath), intent =>
        {
            TreeCopier.Copy(row.Zonepath, zonepath, IdMove.None, cancellationToken);
            PrivateFiles.Sync(zonepath);
            left = context.Catalogue.Relocate(row.Name, zonepath, ZoneSpecYaml.Write(moved), [intent], [FilesKind.Remove(row.Name, row.Zonepath) with { Generation = intent.Generation }]);
            return true;
        });
        Forget(row.Name, left);
    }

    /// <summary>Does something that its ledger row can undo.</summary>
    /// <param name="row">The zone.</param>
    /// <param name="intent">What undoes it.</param>
    /// <param name="action">What is done; it gives whether it was done, and then has committed that the row has served.</param>
    /// <returns>What <paramref name="action"/> gave.</returns>
    private bool Undoable(ZoneRow row, Resource intent, Func<Resource, bool> action)
    {
        (_, List<Resource> rows) = context.Catalogue.Begin(number => [intent with { Generation = number }]);
        bool done = false;
        try
        {
            done = action(rows[0]);
            return done;
        }
        finally
        {
            if (!done)
            {
                Forget(row.Name, rows);
            }
        }
    }

    /// <summary>Releases rows and forgets those that could be released.</summary>
    private void Forget(string name, List<Resource> rows) => context.Catalogue.Release(name, ReleaseOrReport(name, rows), [], null);
}
