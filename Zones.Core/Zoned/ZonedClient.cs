using System.Collections.Concurrent;
using System.Diagnostics;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Zoned;

/// <summary>This process's way to zoned: starts it when it is needed and is not there, and keeps connections for reuse.</summary>
/// <param name="stateDirectory">Whose zoned.</param>
/// <param name="binDirectory">Where its programs are; null means that they are looked for.</param>
/// <param name="unit">Where it is started on a host that systemd runs; null elsewhere.</param>
/// <param name="patience">How long an answer may take.</param>
internal sealed class ZonedClient(string stateDirectory, string? binDirectory, Lazy<DelegatedUnit?> unit, TimeSpan patience) : IDisposable
{
    private const int KeptConnections = 8;

    private readonly ConcurrentBag<KeeperConnection> _keepers = [];
    private readonly ConcurrentBag<ZonedSocket> _spawners = [];
    private readonly string _run = Path.Combine(stateDirectory, "run");
    private readonly Lazy<ZonedPrograms> _programs = new(() => ZonedPrograms.Find(binDirectory));

    /// <summary>STATE/run.</summary>
    public string RunDirectory => _run;

    public void Dispose()
    {
        while (_keepers.TryTake(out KeeperConnection? keeper))
        {
            keeper.Dispose();
        }

        while (_spawners.TryTake(out ZonedSocket? spawner))
        {
            spawner.Dispose();
        }
    }

    /// <summary>A connection to the keeper, started if need be. Give it back with <see cref="Return(KeeperConnection)"/>, or dispose
    /// it when what was claimed on it is not done.</summary>
    public KeeperConnection Keeper()
    {
        if (KeptKeeper() is { } kept)
        {
            return kept;
        }

        const int attempts = 10;
        string said = "see zoned.log there";
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            KeeperConnection? keeper = KeeperConnection.Open(_run, patience);
            if (keeper is null)
            {
                said = Start() ?? said;
                continue;
            }

            if (keeper.BuildId == _programs.Value.BuildId)
            {
                return keeper;
            }

            Upgrade(keeper);
            keeper.Dispose();
        }

        throw new ZoneException($"{_run}: zoned does not answer, or is busy with work of another build of it; {said}") { Path = _run, IsTransient = true };
    }

    /// <summary>A connection from before; null for none. Waits for nothing.</summary>
    public KeeperConnection? KeptKeeper()
    {
        while (_keepers.TryTake(out KeeperConnection? kept))
        {
            if (kept.IsAlive)
            {
                return kept;
            }

            kept.Dispose();
        }

        return null;
    }

    /// <summary>The connection if a keeper is there already, of whichever build; null otherwise. Starts nothing.</summary>
    public KeeperConnection? KeeperIfRunning() => KeptKeeper() ?? KeeperConnection.Open(_run, patience);

    public void Return(KeeperConnection keeper)
    {
        bool current = _programs.IsValueCreated && keeper.BuildId == _programs.Value.BuildId;
        if (current && _keepers.Count < KeptConnections)
        {
            _keepers.Add(keeper);
        }
        else
        {
            keeper.Dispose();
        }
    }

    /// <summary>Has the spawner make a process. The caller holds a keeper connection, so that zoned cannot end meanwhile.</summary>
    /// <exception cref="ZoneException">The spawner died; whether the child exists is not known.</exception>
    public SpawnReply Spawn(byte[] message, IReadOnlyList<SafeFd> descriptors)
    {
        // A connection kept from before may belong to a spawner that is gone: nothing was sent on it then, so try another.
        while (_spawners.TryTake(out ZonedSocket? kept))
        {
            if (kept.Send(message, descriptors))
            {
                return Answer(kept);
            }

            kept.Dispose();
        }

        ZonedSocket fresh = ZonedSocket.Connect(_run, "spawner.sock", patience)
            ?? throw new ZoneException($"{_run}/spawner.sock: zoned's spawner does not answer; try again") { IsTransient = true };
        if (!fresh.Send(message, descriptors))
        {
            fresh.Dispose();
            throw new ZoneException($"{_run}/spawner.sock: zoned's spawner took no request; try again") { IsTransient = true };
        }

        return Answer(fresh);
    }

    private SpawnReply Answer(ZonedSocket spawner)
    {
        if (!spawner.Receive(out SpawnReply reply))
        {
            spawner.Dispose();
            throw new ZoneException("zoned's spawner died during the request, or did not answer; try again") { IsTransient = true };
        }

        if (_spawners.Count < KeptConnections)
        {
            _spawners.Add(spawner);
        }
        else
        {
            spawner.Dispose();
        }

        return reply;
    }

    /// <summary>Starts zoned; null when it did, or what it said where another manager may have been first.</summary>
    private string? Start()
    {
        ZonedPrograms programs = _programs.Value;
        string zoned = programs.Copy(stateDirectory);
        ProcessStartInfo start = unit.Value is { } delegated
            ? delegated.Start([zoned, "start", stateDirectory, programs.Zone, delegated.Leaf])
            : new(zoned, ["start", stateDirectory, programs.Zone]);
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        start.WorkingDirectory = "/";
        using Process process = Run(start);

        // Its end is the end of this pipe: its status cannot be had in a process that was started with SIGCHLD ignored.
        string error = process.StandardError.ReadToEnd();
        if (error.Length == 0)
        {
            return null;
        }

        if (Directory.Exists(unit.Value?.Leaf))
        {
            // Another manager was first to ask systemd for the unit; its keeper will answer in a moment.
            Thread.Sleep(50);
            return error.Trim();
        }

        throw new ZoneException($"{zoned}: cannot start the keeper: {error.Trim()}") { Path = zoned };
    }

    /// <summary>Another thread that forks while the copy is written holds it open for writing until it executes something, and for
    /// that moment it cannot be executed.</summary>
    private static Process Run(ProcessStartInfo start)
    {
        const int textFileBusy = 26, attempts = 100;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Process.Start(start)!;
            }
            catch (System.ComponentModel.Win32Exception e) when (e.NativeErrorCode == textFileBusy && attempt < attempts)
            {
                Thread.Sleep(10);
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                throw new ZoneException($"{start.FileName}: cannot start: {KernelError.Describe(e.NativeErrorCode)}") { Path = start.FileName, Errno = e.NativeErrorCode };
            }
        }
    }

    private void Upgrade(KeeperConnection keeper)
    {
        string zoned = _programs.Value.Copy(stateDirectory);
        using SafeFd? program = Kernel.Open(zoned, Linux.O_RDONLY, out _);
        using SafeFd? agent = Kernel.Open(_programs.Value.Zone, Linux.O_RDONLY, out _);
        if (program is null || agent is null || !keeper.Upgrade(program, agent))
        {
            Thread.Sleep(200);
        }
    }
}
