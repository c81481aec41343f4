using System.Diagnostics;
using System.Runtime.InteropServices;
using Zones.Boot;
using Zones.Tests.Support;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Tests.Zoned;

/// <summary>Whatever is sent to zoned's sockets, by whomever, its two processes live on and serve the next who comes.</summary>
public sealed class HostileClientsTests
{
    [Theory]
    [InlineData("keeper.sock")]
    [InlineData("spawner.sock")]
    public async Task Garbage_ends_a_conversation_and_nothing_else(string socket)
    {
        await using TestHost test = new();
        await using Watched watched = await Watched.OverAsync(test);
        Random random = new(7);
        int message = Marshal.SizeOf<KeeperMessage>(), request = Marshal.SizeOf<SpawnRequest>();
        foreach (int length in (int[])[1, 4, message - 1, message, message + 1, request - 1, request, request + 1, 4096, 65_536])
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] garbage = new byte[length];
                random.NextBytes(garbage);
                using ZonedSocket client = Connect(test, socket);
                client.Send(garbage);
            }
        }
    }

    [Fact]
    public async Task Every_verb_with_nonsense_in_it_is_survived_by_the_keeper()
    {
        await using TestHost test = new();
        await using Watched watched = await Watched.OverAsync(test);
        Random random = new(8);
        byte[] bytes = new byte[Marshal.SizeOf<KeeperMessage>()];
        for (int i = 0; i < 500; i++)
        {
            random.NextBytes(bytes);
            KeeperVerb verb = (KeeperVerb)(i % 12);
            BitConverter.TryWriteBytes(bytes, (int)verb);
            using ZonedSocket client = Connect(test, "keeper.sock");
            client.Send(bytes);
        }
    }

    [Fact]
    public async Task Programs_whose_numbers_point_anywhere_are_refused_by_the_spawner()
    {
        await using TestHost test = new();
        await using Watched watched = await Watched.OverAsync(test);
        Random random = new(9);
        for (int i = 0; i < 500; i++)
        {
            // Outside steps are carried out by the spawner itself; close(2) of a wild register is as harmless as a call can be.
            ProgramWriter program = new();
            program.Outside.Call("wild", Linux.Getpid, [new(ArgumentKind.Register, random.NextInt64(96, long.MaxValue))]);
            program.Outside.Special("wild", StepOp.Store64, [random.NextInt64(-1 << 30, 1L << 40), 0]);
            program.Inside.Call("end", Linux.ExitGroup, [0]);
            byte[] message = program.Finish(new SpawnRequest { Kind = ChildKind.Command });
            using ZonedSocket client = Connect(test, "spawner.sock");
            client.Send(message);
            Assert.True(client.Receive(out SpawnReply reply));
            Assert.Equal((Linux.EINVAL, -2), (reply.Errno, reply.Step));
        }
    }

    [Theory]
    [InlineData("keeper.sock")]
    [InlineData("spawner.sock")]
    public async Task Who_never_reads_answers_keeps_nobody_waiting(string socket)
    {
        await using TestHost test = new();
        await using Watched watched = await Watched.OverAsync(test);
        using ZonedSocket deaf = Connect(test, socket);
        KeeperMessage hello = new() { Verb = KeeperVerb.Hello };
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<KeeperMessage>(in hello)).ToArray();
        await Task.Run(() =>
        {
            for (int i = 0; i < 20_000 && deaf.Send(bytes); i++)
            {
            }
        });
        await watched.AssertServingAsync();
    }

    [Theory]
    [InlineData("keeper.sock")]
    [InlineData("spawner.sock")]
    public async Task Thousands_who_connect_and_say_nothing_are_borne_without_spinning(string socket)
    {
        await using TestHost test = new();
        await using Watched watched = await Watched.OverAsync(test);
        List<ZonedSocket> silent = [];
        try
        {
            for (int i = 0; i < 3000 && ZonedSocket.Connect(Path.Combine(test.State, "run"), socket, TimeSpan.FromMinutes(1)) is { } one; i++)
            {
                silent.Add(one);
            }

            await watched.AssertIdleAsync();
            if (socket == "keeper.sock")
            {
                await watched.AssertServingAsync();
            }
        }
        finally
        {
            silent.ForEach(one => one.Dispose());
        }
    }

    [Fact]
    public async Task The_sockets_are_for_root_alone()
    {
        await using TestHost test = new();
        await using Watched watched = await Watched.OverAsync(test);
        string run = Path.Combine(test.State, "run");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(run));

        // Even if somebody opens the directories, another user gets no word.
        const UnixFileMode all = (UnixFileMode)0x1ff;
        foreach (string path in (string[])[test.State, run, Path.Combine(run, "keeper.sock"), Path.Combine(run, "spawner.sock")])
        {
            File.SetUnixFileMode(path, all);
        }

        foreach (string socket in (string[])["keeper.sock", "spawner.sock"])
        {
            const string script = "use Socket; socket(S, AF_UNIX, 5, 0) or die; connect(S, sockaddr_un($ARGV[0])) or die \"connect: $!\"; "
                + "syswrite(S, pack('V', 1) . ('\\0' x $ARGV[1])); $got = sysread(S, $answer, 200); print defined $got ? $got : 'error';";
            ProcessStartInfo start = new("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "perl", "-e", script,
                Path.Combine(run, socket), (Marshal.SizeOf<KeeperMessage>() - 4).ToString()]) { RedirectStandardOutput = true };
            using Process nobody = Process.Start(start)!;
            string answer = await nobody.StandardOutput.ReadToEndAsync();
            await nobody.WaitForExitAsync();
            Assert.Contains(answer, (string[])["0", "error"]);
        }
    }

    private static ZonedSocket Connect(TestHost test, string socket)
    {
        ZonedSocket? client = ZonedSocket.Connect(Path.Combine(test.State, "run"), socket, TimeSpan.FromMinutes(1));
        Assert.NotNull(client);
        return client;
    }

    /// <summary>A running zone beside the mischief: at the end zoned must be the same two processes, with as many descriptors, and serve.</summary>
    private sealed class Watched(Zone zone, int keeper, int spawner, int keeperDescriptors, int spawnerDescriptors) : IAsyncDisposable
    {
        public static async Task<Watched> OverAsync(TestHost test)
        {
            Zone zone = await test.RunningAsync(TestHost.Spec());
            await zone.ExecAsync(["true"]);
            int keeper = ZonedProcesses.Keeper(test.State), spawner = await ZonedProcesses.SpawnerAsync(test.State);
            return new(zone, keeper, spawner, ZonedProcesses.Descriptors(keeper), ZonedProcesses.Descriptors(spawner));
        }

        public async Task AssertServingAsync()
        {
            Assert.True(ZonedProcesses.Lives(keeper), "the keeper died");
            Assert.True(ZonedProcesses.Lives(spawner), "the spawner died");
            ExecResult result = await zone.ExecAsync(["echo", "served"]);
            Assert.Equal((0, "served\n"), (result.ExitCode, result.StandardOutput));
        }

        public async Task AssertIdleAsync()
        {
            (long Keeper, long Spawner) before = (ZonedProcesses.Ticks(keeper), ZonedProcesses.Ticks(spawner));
            await Task.Delay(500);
            const int half = 25; // ticks of 10 ms: a process that spins has twice as many
            Assert.InRange(ZonedProcesses.Ticks(keeper) - before.Keeper, 0, half);
            Assert.InRange(ZonedProcesses.Ticks(spawner) - before.Spawner, 0, half);
        }

        public async ValueTask DisposeAsync()
        {
            await AssertServingAsync();
            await Eventually.TrueAsync(() => ZonedProcesses.Descriptors(keeper) <= keeperDescriptors, "waited in vain for the keeper to close what was closed");
            await Eventually.TrueAsync(() => ZonedProcesses.Descriptors(spawner) <= spawnerDescriptors, "waited in vain for the spawner to close what was closed");
        }
    }
}
