namespace Zones;

/// <summary>All zones of one state directory. Every method may be called from several processes at once; a lock per zone
/// orders what changes the same one. The table of states is zoneadm(8)'s: an operation whose state is already reached
/// succeeds, one that the state does not allow throws <see cref="ZoneStateException"/>, a name that is not there throws
/// <see cref="ZoneNotFoundException"/>. Whatever fails leaves nothing half-made.</summary>
public interface IZoneHost : IAsyncDisposable
{
    /// <summary>Checks a spec as a whole and records it: the zone is <see cref="ZoneState.Configured"/>.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <exception cref="ZoneSpecException">The spec is wrong.</exception>
    /// <exception cref="ZoneException">A zone of that name exists.</exception>
    Task<Zone> CreateAsync(ZoneSpec spec, CancellationToken cancellationToken = default);

    /// <summary>A handle on a zone that exists.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Zone> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>What the catalogue knows of a zone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ZoneInfo> InfoAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All zones, by name.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<ZoneInfo>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Checks a spec against itself and against this host; changes nothing.</summary>
    /// <param name="spec">The definition.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<VerifyReport> VerifyAsync(ZoneSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Makes the private files: configured → installed.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="cancellationToken">Cancels; what was made is removed.</param>
    Task InstallAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Acquires all that the zone holds, without a process: installed → ready; a running zone is halted first.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock; what began is finished.</param>
    Task ReadyAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>installed or ready → running. Returns when init has been executed and the state is committed. Of a zone that runs already, options that
    /// ask for something are refused.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="options">For this boot; null means as the spec says.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock, and for the kernel of a domain: what was made is released then. The milliseconds of
    /// another boot are finished.</param>
    Task BootAsync(string name, BootOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Kills all processes of the zone and releases what it holds: → installed.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock; a halt that began is finished.</param>
    Task HaltAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Asks init to end (SIGTERM to a reaper's init; SIGRTMIN+3 to systemd; SIGPWR to another init in exec mode) and halts the zone when it did.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="reboot">Boot again afterwards; as with <see cref="RebootAsync"/>, the zone has to run.</param>
    /// <param name="timeout">After this long the zone is halted anyway; null means 60 s.</param>
    /// <param name="cancellationToken">Cancels the waiting; the zone stays shutting_down.</param>
    Task ShutdownAsync(string name, bool reboot = false, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Halt, ready, boot.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="options">For this boot.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task RebootAsync(string name, BootOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Removes the private files: installed, incomplete or unavailable → configured.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="cancellationToken">Cancels before the first file is removed.</param>
    Task UninstallAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Forgets a configured zone.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="force">Halt and uninstall it first, whatever its state.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task DeleteAsync(string name, bool force = false, CancellationToken cancellationToken = default);

    /// <summary>Runs a command in a running zone and collects what it prints, at most 64 MiB of standard output and as much of standard error: what
    /// prints more is killed, and an error.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="request">The command; <see cref="ExecIo.Terminal"/> and <see cref="ExecIo.Detached"/> are not allowed here.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    Task<ExecResult> ExecAsync(string name, ExecRequest request, CancellationToken cancellationToken = default);

    /// <summary>Starts a command in a running zone. A program that cannot be executed is a <see cref="ZoneException"/>
    /// with <see cref="ZoneException.Errno"/> ENOENT or EACCES.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="request">The command.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    Task<ZoneProcess> StartAsync(string name, ExecRequest request, CancellationToken cancellationToken = default);

    /// <summary>Copies a file, or a directory with all in it, into a zone: a running one as it sees its files, or the private files of an
    /// installed one. Whatever is in the zone, and however it changes meanwhile, nothing outside of it is written, and a copy appears whole;
    /// where a directory takes it, what it replaces is replaced file by file.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="source">A path of this host.</param>
    /// <param name="target">An absolute path in the zone: a directory that is there, or the copy's own. What is of that name is replaced, a link itself.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="cancellationToken">Cancels; what is not whole is removed.</param>
    Task<CopyReport> CopyInAsync(string name, string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Copies a file, or a directory with all in it, out of a zone, as <see cref="CopyInAsync(string, string, string, CopyOptions?, CancellationToken)"/> does into it. Links, in the path too,
    /// lead nowhere but to what the zone itself could read; set-user-id bits stay behind.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="source">An absolute path in the zone.</param>
    /// <param name="target">A path of this host: a directory that is there, or the copy's own.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="cancellationToken">Cancels; what is not whole is removed.</param>
    Task<CopyReport> CopyOutAsync(string name, string source, string target, CopyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Unpacks an archive of tar(1)'s into a directory of a zone. Each file appears whole, one after the other; names that lead elsewhere, and
    /// what is no file, directory or link, are left out and told. An archive that is broken is an error that says what is in place by then.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="archive">Not compressed. Read to its end, asynchronously; left open.</param>
    /// <param name="target">The absolute path of a directory in the zone.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="cancellationToken">Cancels; a file that is not whole is removed.</param>
    Task<CopyReport> CopyInAsync(string name, Stream archive, string target, CopyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Packs a file, or a directory with all in it, of a zone into an archive as tar(1) reads it, in the form of pax(1). One that broke off has no
    /// end mark.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="source">An absolute path in the zone; its last name is what names in the archive begin with.</param>
    /// <param name="archive">Written asynchronously; left open.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<CopyReport> CopyOutAsync(string name, string source, Stream archive, CopyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>What a ready or running zone uses now.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ZoneUsage> StatAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>What the whole host uses now: processor time of all, memory not available, processes.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ZoneUsage> StatHostAsync(CancellationToken cancellationToken = default);

    /// <summary>Events in order, those of other processes too.</summary>
    /// <param name="after">The cursor of the last event seen; 0 for all that are kept.</param>
    /// <param name="follow">Go on until cancelled; otherwise the sequence ends with the newest.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    IAsyncEnumerable<ZoneEvent> WatchAsync(long after = 0, bool follow = true, CancellationToken cancellationToken = default);

    /// <summary>Takes a place at a zone's console, from installed on; it stays through boots and halts. As many may look as want to; one types, who
    /// comes first. A zone has a console in a boot if its spec says so or somebody sits there to type as it boots; without one there is only
    /// what init prints.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="options">Null means the defaults.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    Task<ZoneConsole> OpenConsoleAsync(string name, ConsoleOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Lines that init and its children wrote to their standard output and error; one of more than a million characters is cut.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="options">Which; null means all that is kept, without following.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    IAsyncEnumerable<string> LogsAsync(string name, LogOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Puts right what died: adopts zones whose process 1 lives, releases what the others hold. Runs by itself once
    /// per boot of the host and start of zoned.</summary>
    /// <param name="cancellationToken">Cancels between zones.</param>
    Task<RecoveryReport> RecoverAsync(CancellationToken cancellationToken = default);

    /// <summary>Installs a zone with a copy of another's private files, with ids of its own: configured → installed. A zone that is not
    /// configured gets the other's spec under its own name. Where the file system can, the copy takes room only as the two grow apart.</summary>
    /// <param name="name">The new zone.</param>
    /// <param name="source">The other, installed and halted; both have the same root.</param>
    /// <param name="cancellationToken">Cancels; what was made is removed.</param>
    Task<Zone> CloneAsync(string name, string source, CancellationToken cancellationToken = default);

    /// <summary>Moves an installed zone's private files, to another file system by copying them.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="zonepath">Where to, absolute; not there, or an empty directory.</param>
    /// <param name="cancellationToken">Cancels; what was copied is removed.</param>
    Task MoveAsync(string name, string zonepath, CancellationToken cancellationToken = default);

    /// <summary>Leaves an installed zone's private files, with a manifest beside the zonepath, so that they can be attached here or
    /// elsewhere: installed → configured.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock.</param>
    /// <returns>The manifest's path.</returns>
    Task<string> DetachAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Takes files into use that were detached, with ids that nobody else has here: configured → installed. Of an unavailable zone it
    /// checks that what was missing is there: unavailable → installed.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="options">Null means the files at the zone's zonepath.</param>
    /// <param name="cancellationToken">Cancels; the zone stays configured.</param>
    /// <exception cref="ZoneSpecException">Something stands against it, and it was not only asked for.</exception>
    Task<AttachReport> AttachAsync(string name, AttachOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Says by hand what state a zone is in: an installed one is incomplete or unavailable, an unavailable one installed.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="state"><see cref="ZoneState.Incomplete"/>, <see cref="ZoneState.Unavailable"/> or <see cref="ZoneState.Installed"/>.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock.</param>
    /// <exception cref="ZoneSpecException">The zone is to be installed, and what it needs is not there.</exception>
    Task MarkAsync(string name, ZoneState state, CancellationToken cancellationToken = default);

    /// <summary>Boots the zones whose spec says <see cref="ZoneSpec.Autoboot"/>, by <see cref="ZoneSpec.BootPriority"/>, each when those that it
    /// depends on are ready. Returns when all are ready or have failed.</summary>
    /// <param name="cancellationToken">Cancels; what was booted runs on.</param>
    Task<AutobootReport> AutobootAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends all zones that run, in the reverse order, as <see cref="ZoneSpec.Autoshutdown"/> says.</summary>
    /// <param name="cancellationToken">Cancels; what was asked to end ends.</param>
    Task<AutobootReport> AutoshutdownAsync(CancellationToken cancellationToken = default);

    /// <summary>Changes a zone's spec. A running zone takes at once what its kernel lets it take: limits, file systems, attributes,
    /// priorities; the rest waits for its next boot. When something of it fails, nothing is changed.</summary>
    /// <param name="name">The zone.</param>
    /// <param name="spec">The whole new spec. Its name, and of an installed zone brand, zonepath, root, user-namespace and id-base, stay what they are.</param>
    /// <param name="expected">What the caller takes the spec to be; the change is refused, as one that may be tried again, when it is another by now. Null for whatever it is.</param>
    /// <param name="cancellationToken">Cancels the waiting for the lock.</param>
    /// <exception cref="ZoneSpecException">The spec is wrong, or changes what cannot be changed.</exception>
    Task<ZoneChange> UpdateAsync(string name, ZoneSpec spec, ZoneSpec? expected = null, CancellationToken cancellationToken = default);

    /// <summary>Finds what is to be done so that zones are as a set of specs says; changes nothing.</summary>
    /// <param name="request">The set.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ZoneSpecException">Specs are wrong: all problems of all of them.</exception>
    Task<ApplyPlan> PlanAsync(ApplyRequest request, CancellationToken cancellationToken = default);

    /// <summary>Does what a plan says: creates zones as configured, changes them as <see cref="UpdateAsync"/> does, deletes them whatever
    /// their state. A zone that is not any more what the plan was made from is left alone.</summary>
    /// <param name="plan">From <see cref="PlanAsync"/>.</param>
    /// <param name="cancellationToken">Cancels between zones.</param>
    Task<ApplyReport> ApplyAsync(ApplyPlan plan, CancellationToken cancellationToken = default);
}
