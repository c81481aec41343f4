using System.Diagnostics;
using Zones.Tests.Recovery;

namespace Zones.Tests.Served;

/// <summary>The serving process killed at one system call after the other of something that is done over its socket, until that gets through.</summary>
internal static class ServeSweep
{
    /// <summary>The calls that change something that others see.</summary>
    private const string Calls = "pwrite64,sendmsg,sendto,mkdir,mkdirat,rmdir,unlink,unlinkat,rename,renameat,renameat2,symlinkat,fchownat,fchmod,open_tree,write,ftruncate,pidfd_send_signal";

    /// <summary>For how long each of them is held up, µs.</summary>
    private const int HeldUp = 3000;

    /// <summary>The steps, and the leak check at their end; a bystander is as before.</summary>
    /// <param name="prepare">Brings the zones z1 and z2 from nothing to where the operation begins.</param>
    /// <param name="operation">Over the socket.</param>
    /// <param name="check">What must hold after a death, when the next manager has looked; it ends what rests in shutting_down.</param>
    /// <param name="bystanderRuns">Whether another zone runs meanwhile; false for what ends all that run.</param>
    public static async Task SweepAsync(Func<IZoneHost, Task> prepare, Func<IZoneHost, Task> operation, Func<IZoneHost, Task>? check = null, bool bystanderRuns = true)
    {
        await using TestHost test = new();
        Zone keeps = await test.InstalledAsync(TestHost.Spec("bystander"));
        if (bystanderRuns)
        {
            await keeps.BootAsync();
        }

        int? bystander = (await keeps.InfoAsync()).Pid;
        using TemporaryDirectory directory = new();
        bool killed = true;
        int kills = 0;
        for (int at = 1; killed; at += at < 10 ? 1 : at / 3)
        {
            await prepare(test.Host);
            killed = await RunKilledAsync(test.State, Path.Combine(directory.Path, "zones.sock"), at, operation);
            kills += killed ? 1 : 0;
            TestContext.Current.TestOutputHelper?.WriteLine($"{at}: {(killed ? "killed" : "over")}");
            await test.ReopenAsync();
            await test.Host.RecoverAsync();
            foreach (ZoneInfo zone in (await test.Host.ListAsync()).Where(zone => zone.State != ZoneState.ShuttingDown))
            {
                await Scenes.AssertRightAsync(test, zone.Name);
            }

            if (check is not null)
            {
                await check(test.Host);
            }

            foreach (string name in (string[])["z1", "z2"])
            {
                await Scenes.AssertRightAsync(test, name);
            }

            foreach (ZoneInfo zone in (await test.Host.ListAsync()).Where(zone => zone.Name != "bystander"))
            {
                await test.Host.DeleteAsync(zone.Name, force: true);
                Assert.False(Directory.Exists(zone.Zonepath), "its private files are left");
            }

            Assert.Equal(["bystander"], Directory.GetFileSystemEntries(test.State + "/zones").Select(Path.GetFileName));
        }

        Assert.InRange(kills, 3, int.MaxValue);
        Assert.Equal(bystander, (await test.Host.InfoAsync("bystander")).Pid);
        await Scenes.AssertRightAsync(test, "bystander");
    }

    public static Task InstalledAsync(IZoneHost host) => InstalledAsync(host, TestHost.Spec());

    public static async Task InstalledAsync(IZoneHost host, ZoneSpec spec)
    {
        await host.CreateAsync(spec);
        await host.InstallAsync(spec.Zone);
    }

    public static Task RunningAsync(IZoneHost host) => RunningAsync(host, TestHost.Spec());

    public static async Task RunningAsync(IZoneHost host, ZoneSpec spec)
    {
        await InstalledAsync(host, spec);
        await host.BootAsync(spec.Zone);
    }

    /// <summary>Serves, and is killed when its threads have made so many of the calls since it began to serve. strace's own fault injection counts each call of each
    /// thread apart; here each is held up for long enough that it is the last one.</summary>
    /// <returns>Whether it was, before the operation's end.</returns>
    private static async Task<bool> RunKilledAsync(string state, string socket, int at, Func<IZoneHost, Task> operation)
    {
        using Process serve = Process.Start(new ProcessStartInfo(ZoneCli.Path, ["--state", state, "serve", "--socket", socket]) { RedirectStandardError = true })!;
        serve.BeginErrorReadLine();
        IZoneHost? host = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                host = await ZoneHost.ConnectAsync(socket);
                return true;
            }
            catch (ZoneException e) when (e.IsTransient)
            {
                return false;
            }
        });

        using Process tracer = Process.Start(new ProcessStartInfo("strace", ["-f", "-s", "0", "-e", "signal=none", "-e", $"trace={Calls}", "-e", $"inject={Calls}:delay_exit={HeldUp}", "-p", $"{serve.Id}"]) { RedirectStandardError = true })!;
        TaskCompletionSource attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool killed = false;
        Task counting = Task.Run(async () =>
        {
            int made = 0;
            while (await tracer.StandardError.ReadLineAsync() is { } line)
            {
                attached.TrySetResult();
                made += line.Contains("= ", StringComparison.Ordinal) && !line.StartsWith("strace:", StringComparison.Ordinal) ? 1 : 0;
                if (made == at && !Volatile.Read(ref killed))
                {
                    Volatile.Write(ref killed, true);
                    serve.Kill();
                }
            }
        });
        await attached.Task;
        await using (host)
        {
            try
            {
                await operation(host!);
            }
            catch (Exception e) when (Volatile.Read(ref killed) && e is IOException or ZoneException { IsTransient: true })
            {
                // What a caller is told when the connection breaks.
            }

            bool before = Volatile.Read(ref killed);
            serve.Kill();
            await serve.WaitForExitAsync();
            await tracer.WaitForExitAsync();
            await counting;
            return before;
        }
    }
}
