using System.Diagnostics;
using Zones.Tests.Recovery;

namespace Zones.Tests.Served;

/// <summary>The serving process killed at one system call after the other of an operation, until one gets through: whoever comes next finds or makes everything right.</summary>
public sealed class ServeDeathTests
{
    /// <summary>As in ManagerDeathTests: the calls that change something that others see.</summary>
    private const string Calls = "pwrite64,sendmsg,mkdir,mkdirat,rmdir,unlinkat,rename,symlinkat,fchownat,open_tree,write,ftruncate";

    [Fact]
    public Task Install() => SweepAsync(host => host.CreateAsync(TestHost.Spec()), host => host.InstallAsync("z1"));

    [Fact]
    public Task Boot() => SweepAsync(InstalledAsync, host => host.BootAsync("z1"));

    [Fact]
    public Task Clone() => SweepAsync(InstalledAsync, host => host.CloneAsync("z2", "z1"));

    private static async Task SweepAsync(Func<IZoneHost, Task> prepare, Func<IZoneHost, Task> operation)
    {
        await using TestHost test = new();
        Zone keeps = await test.RunningAsync(TestHost.Spec("bystander"));
        int bystander = await keeps.PidAsync();
        using TemporaryDirectory directory = new();
        bool killed = true;
        for (int at = 1; killed; at += 1 + (at / 3))
        {
            await prepare(test.Host);
            killed = await RunKilledAsync(test.State, Path.Combine(directory.Path, "zones.sock"), at, operation);
            await test.ReopenAsync();
            await test.Host.RecoverAsync();
            foreach (string name in (string[])["z1", "z2"])
            {
                await Scenes.AssertRightAsync(test, name);
                if ((await test.Host.ListAsync()).Any(zone => zone.Name == name))
                {
                    await test.Host.DeleteAsync(name, force: true);
                }

                Assert.False(Directory.Exists(Path.Combine(test.State, "zones", name)), "its private files are left");
            }
        }

        Assert.Equal(bystander, (await test.Host.InfoAsync("bystander")).Pid);
        await Scenes.AssertRightAsync(test, "bystander");
    }

    /// <summary>Serves, and is killed when one of its threads makes the calls for the so-manieth time after it began to serve.</summary>
    /// <returns>Whether it was; false when the operation got through.</returns>
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

        // strace is attached when it says so; it prints that on standard error.
        using Process tracer = Process.Start(new ProcessStartInfo("strace", ["-f", "-o", "/dev/null", "-e", $"trace={Calls}", "-e", $"inject={Calls}:signal=KILL:when={at}", "-p", $"{serve.Id}"]) { RedirectStandardError = true })!;
        Assert.Contains("attached", await tracer.StandardError.ReadLineAsync());
        await using (host)
        {
            try
            {
                await operation(host!);
                serve.Kill();
                return false;
            }
            catch (ZoneException e) when (e.IsTransient)
            {
                return true;
            }
            finally
            {
                await serve.WaitForExitAsync();
                await tracer.WaitForExitAsync();
            }
        }
    }

    private static async Task InstalledAsync(IZoneHost host)
    {
        await host.CreateAsync(TestHost.Spec());
        await host.InstallAsync("z1");
    }
}
