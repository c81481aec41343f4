using Zones.Boot;
using Zones.Interop;
using Zones.Tests.Support;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Tests.Zoned;

/// <summary>The spawner by the tens of thousands: every clone must come to life, whatever the processes around it allocate, and nothing
/// may be left of it in either of zoned's processes.</summary>
public sealed class ClonesTests
{
    private const int Clients = 2, ClonesEach = 11_000, WarmUp = 1_000;
    private const long Growth = 4L << 20; // bytes: the collector's own play, not the 20,000 × anything that a leak would be

    [Fact]
    public async Task Twenty_thousand_clones_under_allocation_pressure_all_live_and_leave_nothing()
    {
        await using TestHost test = new();
        await test.InstalledAsync(TestHost.Spec());
        using ZonedClient client = new(test.State, TestHost.BinDirectory, new(() => null), TimeSpan.FromMinutes(1));
        using KeeperConnection keeper = client.Keeper();
        int keeperProcess = ZonedProcesses.Keeper(test.State);
        int spawnerProcess = await ZonedProcesses.SpawnerAsync(test.State);
        await CloneAsync(client, WarmUp, _ => { });
        (int, int) descriptors = (ZonedProcesses.Descriptors(keeperProcess), ZonedProcesses.Descriptors(spawnerProcess));
        long keeperMemory = ZonedProcesses.PrivateMemory(keeperProcess), spawnerMemory = ZonedProcesses.PrivateMemory(spawnerProcess);

        // The keeper allocates with every claim, and collects; messages of every size pass through the spawner.
        await CloneAsync(client, ClonesEach - WarmUp, round =>
        {
            if (round % 4 == 0)
            {
                lock (keeper)
                {
                    keeper.Claim($"pressure-{round}", round);
                    keeper.Done($"pressure-{round}", up: false);
                }
            }
        });

        Assert.Equal((keeperProcess, spawnerProcess), (ZonedProcesses.Keeper(test.State), await ZonedProcesses.SpawnerAsync(test.State)));
        await Eventually.TrueAsync(() => ZonedProcesses.Zombies(keeperProcess).Count == 0, "waited in vain for the last of the dead to be waited for");
        await Eventually.TrueAsync(() => ZonedProcesses.Descriptors(keeperProcess) <= descriptors.Item1, "the keeper holds descriptors of what has ended");
        await Eventually.TrueAsync(() => ZonedProcesses.Descriptors(spawnerProcess) <= descriptors.Item2, "the spawner holds descriptors of what has ended");
        Assert.Equal([spawnerProcess], ZonedProcesses.Children(keeperProcess));
        Assert.InRange(ZonedProcesses.PrivateMemory(keeperProcess) - keeperMemory, long.MinValue, Growth);
        Assert.InRange(ZonedProcesses.PrivateMemory(spawnerProcess) - spawnerMemory, long.MinValue, Growth);
    }

    private static Task CloneAsync(ZonedClient client, int clones, Action<int> between) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(number => Task.Factory.StartNew(() => Clone(client, number, clones, between), TaskCreationOptions.LongRunning)));

    private static void Clone(ZonedClient client, int seed, int clones, Action<int> between)
    {
        Random random = new(seed);
        (SafeFd exitRead, SafeFd exitWrite) = Wire.Kernel.Pipe();
        using (exitRead)
        using (exitWrite)
        {
            for (int i = 0; i < clones; i++)
            {
                byte code = (byte)random.Next(256);
                SpawnReply reply = client.Spawn(Request(random, exitWrite, code, namespaces: i % 50 == 0), [exitWrite]);
                Assert.Equal(0, reply.Errno);
                Assert.True(Polling.Readable(exitRead, TimeSpan.FromSeconds(60)), $"clone {i} of client {seed}, process {reply.Pid}, hangs");
                Assert.Equal(code, (Status(exitRead) >> 8) & 0xff);
                between(i);
            }
        }
    }

    private static unsafe int Status(SafeFd pipe)
    {
        int status;
        Assert.Equal(sizeof(int), Wire.Kernel.Call(Linux.Read, pipe.Number, (long)&status, sizeof(int)));
        return status;
    }

    /// <summary>A child that makes some system calls and ends with a code; the message is of any size up to a quarter of the most.</summary>
    private static byte[] Request(Random random, SafeFd exit, byte code, bool namespaces)
    {
        ProgramWriter program = new();
        program.Data(new byte[random.Next(4) == 0 ? random.Next(SpawnRequest.MaxBytes / 4) : random.Next(4096)]);
        for (int i = random.Next(20); i > 0; i--)
        {
            program.Inside.Call("nothing", Linux.Getpid, []);
        }

        program.Inside.Call("end", Linux.ExitGroup, [(int)code]);
        return program.Finish(new SpawnRequest
        {
            Kind = ChildKind.Command,
            CloneFlags = namespaces ? Linux.CLONE_NEWPID | Linux.CLONE_NEWIPC | Linux.CLONE_NEWUTS | Linux.CLONE_NEWUSER : 0,
            ExitRegister = program.Register(exit),
            Zone = ZoneName.From("clones"),
        });
    }
}
