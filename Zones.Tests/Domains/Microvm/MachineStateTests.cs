using System.Net.Sockets;
using System.Text;
using Zones.Domains.Brand;
using Zones.Domains.Microvm;

namespace Zones.Tests.Domains.Microvm;

/// <summary>What is made of what a QEMU says of its machine, which may be anything.</summary>
public sealed class MachineStateTests
{
    private const string Greeting = """{"QMP":{}}""", Done = """{"return":{}}""", Running = """{"return":{"status":"running"}}""";

    [Fact]
    public async Task A_state_and_memory_are_read_between_events()
    {
        MachineUsage? usage = await ReadAsync(Greeting, Done, """{"event":"RESUME"}""", Running, """{"return":{"base-memory":268435456}}""", """{"return":{"stats":{"stat-free-memory":4096,"stat-available-memory":-1}}}""");
        Assert.NotNull(usage);
        Assert.Equal(("running", 268435456L, 4096L, (long?)null), (usage.Status, usage.Memory, usage.MemoryFree, usage.MemoryAvailable));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1", Done, Running)]
    [InlineData(Greeting, Done, "[1]")]
    [InlineData(Greeting, Done, "null")]
    [InlineData(Greeting, Done, """{"return":[]}""")]
    [InlineData(Greeting, Done, """{"return":{}}""")]
    [InlineData(Greeting, Done, """{"return":{"status":1}}""")]
    [InlineData(Greeting, Done, """{"return":{"status":"\ud800"}}""")]
    [InlineData(Greeting, Done, """{"\ud800":1}""")]
    public async Task A_machine_that_says_nothing_sensible_is_silent(params string[] lines) => Assert.Null(await ReadAsync(lines));

    [Fact]
    public async Task Numbers_that_are_none_are_left_out()
    {
        MachineUsage? usage = await ReadAsync(Greeting, Done, Running, """{"return":{"base-memory":"much"}}""", """{"return":{"stats":[]}}""");
        Assert.NotNull(usage);
        Assert.Equal(("running", (long?)null, (long?)null), (usage.Status, usage.Memory, usage.MemoryFree));
    }

    [Fact]
    public async Task Events_without_end_are_not_listened_to_for_ever() => Assert.Null(await ReadAsync([Greeting, Done], """{"event":"STOP"}"""));

    private static Task<MachineUsage?> ReadAsync(params string[] lines) => ReadAsync(lines, null);

    /// <summary>Reads from a monitor that says these lines and then nothing more, or one line for ever.</summary>
    private static async Task<MachineUsage?> ReadAsync(string[] lines, string? forEver)
    {
        using TemporaryDirectory zonepath = new();
        DomainDirectory directory = new(zonepath.Path);
        Directory.CreateDirectory(directory.Path);
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory.Path, Qmp.SocketName)));
        listener.Listen();
        Task talking = Task.Run(() =>
        {
            using Socket monitor = listener.Accept();
            using NetworkStream stream = new(monitor);
            try
            {
                stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
                while (forEver is not null)
                {
                    stream.Write(Encoding.UTF8.GetBytes(forEver + "\n"));
                }

                // The other end asks until there are no more answers; then it closes.
                monitor.Shutdown(SocketShutdown.Send);
                while (monitor.Receive(new byte[4096]) > 0)
                {
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // It has heard enough.
            }
        });
        MachineUsage? usage = await Task.Run(() => MachineState.Read(directory)).WaitAsync(TimeSpan.FromMinutes(1));
        await talking;
        return usage;
    }
}
