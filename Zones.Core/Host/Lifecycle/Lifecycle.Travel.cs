using Zones.Catalogue;
using Zones.Interop;
using Zones.Roots;

namespace Zones.Hosting;

/// <content>Detach and attach: a zone's files without the zone, and the zone from its files.</content>
internal sealed partial class Lifecycle
{
    private const string Shifted = ".attach";
    private const string FilesNotThere = "bring the files of the detached zone there, beside their manifest";

    /// <summary>Leaves the files with a manifest.</summary>
    /// <returns>The manifest's path.</returns>
    public async Task<string> DetachAsync(string name, CancellationToken cancellationToken)
    {
        string path = "";
        await OperateAsync(Verb.Detach, name, needsZoned: false, (row, _, keeper) =>
        {
            Check(Verb.Detach, row);
            path = Detach(row);
            ForgetNextBoot(row, keeper);
        }, cancellationToken).ConfigureAwait(false);
        return path;
    }

    /// <summary>Takes files into use that were detached, here or elsewhere.</summary>
    public async Task<AttachReport> AttachAsync(string name, AttachOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        bool created = false, unavailable = context.Catalogue.Find(name)?.ZoneState == ZoneState.Unavailable;
        if (context.Catalogue.Find(name) is null)
        {
            if (options.Zonepath is not { } zonepath)
            {
                string place = DetachManifest.Find(name, Path.Combine(context.State, "zones")) is { } there ? $"it is {there}" : DetachManifest.Search(name);
                throw new ZoneNotFoundException(name, $"{name}: no such zone configured; of one that was detached, give the directory of its files, beside which is the manifest, with --zonepath: {place}");
            }

            HostContext.RequireRoot();
            DetachManifest manifest = ReadManifest(name, zonepath, configured: false);
            ZoneSpec spec = manifest.Spec with { Zone = name };
            spec = spec with { Zonepath = zonepath == context.ZonepathOf(spec with { Zonepath = null }) ? null : zonepath };
            if (options.DryRun)
            {
                return Examine(spec, zonepath, manifest).Report;
            }

            await Task.Run(() => Record(spec, "attach", manifest.Uuid), cancellationToken).ConfigureAwait(false);
            created = true;
        }

        AttachReport? report = null;
        try
        {
            await OperateAsync(Verb.Attach, name, needsZoned: false, (row, _, _) =>
            {
                // What was missing is there again, and that is all that there is to check.
                bool back = unavailable && row.ZoneState == ZoneState.Installed;
                report = back ? new([], [], (uint)(row.IdBase ?? 0), Shifts: false) : Attach(row, options, cancellationToken);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch when (created)
        {
            await DeleteCreatedAsync(name, "attach").ConfigureAwait(false);
            throw;
        }

        return report!;
    }

    private string Detach(ZoneRow row)
    {
        ZoneSpec spec = context.Spec(row);
        List<SpecProblem> problems = [];
        ZonepathCheck.CheckInstalled(row.Zonepath, problems);
        string path = DetachManifest.PathOf(row.Zonepath);
        if (problems.Count == 0 && Path.Exists(path))
        {
            problems.Add(new("zonepath", row.Zonepath, $"{path}, where the manifest belongs, exists; remove it"));
        }

        if (problems.Count > 0)
        {
            throw new ZoneSpecException(problems) { Zone = row.Name, Operation = "detach" };
        }

        Undoable(row, FilesKind.Remove(row.Name, path), intent =>
        {
            new DetachManifest(Guid.Parse(row.Uuid), spec.Security.UserNamespace ? (uint)(row.IdBase ?? 0) : 0, context.Network?.Travelling(spec) ?? spec).Write(path);
            PrivateFiles.Sync(row.Zonepath);
            context.Catalogue.EndDetach(row.Name, [intent]);
            return true;
        });
        ExitRecord.Remove(context.Zoned.RunDirectory, row.Name);
        Log.StateChanged(context.Logger, row.Name, row.State, "configured");
        return path;
    }

    private AttachReport Attach(ZoneRow row, AttachOptions options, CancellationToken cancellationToken)
    {
        Check(Verb.Attach, row);
        if (options.Zonepath is { } other && other != row.Zonepath)
        {
            throw new ZoneSpecException([new("zonepath", other, $"{row.Name} is configured with the zonepath {row.Zonepath}; leave the other out, or say first that its files are there: zone set {row.Name} zonepath={other}")]) { Zone = row.Name, Operation = "attach" };
        }

        ZoneSpec spec = context.Spec(row);
        if (row.ZoneState == ZoneState.Unavailable)
        {
            List<SpecProblem> missing = options.DryRun ? _verifier.Missing(spec, row.Zonepath) : [];
            if (!options.DryRun)
            {
                MakeAvailable(row, "attach");
            }

            return new(missing, [], (uint)(row.IdBase ?? 0), Shifts: false);
        }

        DetachManifest manifest = ReadManifest(row.Name, row.Zonepath, configured: true);
        (AttachReport report, SharedRoot? shared) = Examine(spec, row.Zonepath, manifest);
        if (options.DryRun)
        {
            return report;
        }

        if (report.Problems.Count > 0)
        {
            throw new ZoneSpecException(report.Problems) { Zone = row.Name, Operation = "attach" };
        }

        bool shifts = false;
        WithRoot(row, spec, tree =>
        {
            if (shared is null)
            {
                _verifier.RequireTree(spec, tree);
            }

            uint leased = context.Catalogue.BeginAttach(row.Name, spec.Security.IdBase, report.IdBase, spec.Security.UserNamespace ? tree.Window : null);
            shifts = spec.Security.UserNamespace && leased != report.IdBase;
            try
            {
                Take(row, spec, manifest, shifts ? new(report.IdBase, leased) : IdMove.None, cancellationToken);
            }
            catch
            {
                context.Catalogue.FreeIds(row.Name);
                throw;
            }
        });
        Log.StateChanged(context.Logger, row.Name, row.State, "installed");
        return report with { Shifts = shifts };
    }

    /// <summary>Commits that the files are the zone's, with its own ids: in a copy that takes their place, so that whatever dies leaves one or the other whole.</summary>
    private void Take(ZoneRow row, ZoneSpec spec, DetachManifest manifest, IdMove ids, CancellationToken cancellationToken)
    {
        string files = PrivateFiles.Of(row.Zonepath, context.Carrier(spec)), copy = Path.Combine(row.Zonepath, Shifted);
        List<Resource> rows = [];
        if (ids != IdMove.None)
        {
            (_, rows) = context.Catalogue.Begin(number => [FilesKind.Remove(row.Name, copy) with { Generation = number }]);
        }

        try
        {
            if (rows.Count > 0)
            {
                TreeCopier.Copy(files, copy, ids, cancellationToken);
                PrivateFiles.Sync(copy);
                PrivateFiles.Swap(copy, files);
            }

            rows = [.. rows, .. context.Catalogue.EndAttach(row.Name, manifest.Uuid, [FilesKind.Remove(row.Name, DetachManifest.PathOf(row.Zonepath))])];
        }
        finally
        {
            Forget(row.Name, rows);
        }
    }

    /// <summary>Finds out whether files can be attached, and how; changes nothing.</summary>
    private (AttachReport Report, SharedRoot? Shared) Examine(ZoneSpec spec, string zonepath, DetachManifest manifest)
    {
        List<SpecProblem> problems = OtherRoot(spec, manifest.Spec, DetachManifest.PathOf(zonepath));
        ZonepathCheck.CheckInstalled(zonepath, problems, FilesNotThere);
        ZoneSpec carrier = context.Carrier(spec);
        string files = PrivateFiles.Of(zonepath, carrier);
        FileStatus? found = FileStatus.Of(PrivateFiles.VisibleOf(zonepath, carrier));
        uint owner = found?.Owner ?? 0;
        if (problems.Count == 0 && (found is not { IsDirectory: true } || !FileStatus.Of(files)!.Value.IsDirectory))
        {
            problems.Add(new("zonepath", zonepath, $"{files} is not there; it has to travel with the manifest"));
        }
        else if (problems.Count == 0 && (spec.Security.UserNamespace ? !IdWindow.IsFirst(owner) : owner != 0))
        {
            problems.Add(new("zonepath", zonepath, $"{files} belongs to user {owner}, which is not root of a zone's own ids ({manifest.IdBase} when it was detached); copy it again as root with numeric owners (tar --numeric-owner, rsync --numeric-ids)"));
        }

        SharedRoot? shared = null;
        VerifyReport verified = new([], []);
        if (problems.Count == 0)
        {
            (verified, shared) = _verifier.Examine(spec);
            problems.AddRange(verified.Problems);
        }

        IReadOnlyList<string> warnings = manifest.Spec.Zone == spec.Zone ? verified.Warnings : [.. verified.Warnings, $"the files are those of {manifest.Spec.Zone}, by their manifest"];
        return (new(problems, warnings, owner, spec.Security.UserNamespace && spec.Security.IdBase is { } wanted ? wanted != owner : owner != 0 && !context.Catalogue.IsFree(owner)), shared);
    }

    /// <summary>Reads a manifest. Where there is none, nothing else about the place is of interest: it is another that is meant.</summary>
    private static DetachManifest ReadManifest(string name, string zonepath, bool configured)
    {
        List<SpecProblem> problems = [];
        if (DetachManifest.Missing(name, zonepath, configured) is { } missing)
        {
            problems.Add(missing);
        }
        else
        {
            ZonepathCheck.CheckInstalled(zonepath, problems, FilesNotThere);
        }

        return problems.Count == 0 ? DetachManifest.Read(zonepath) : throw new ZoneSpecException(problems) { Zone = name, Operation = "attach" };
    }
}
