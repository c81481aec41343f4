using System.Net.Sockets;
using Zones.Domains.Agent;
using Zones.Domains.Brand;
using Zones.Domains.Build;

namespace Zones.Tests.Domains;

/// <summary>Connections to a domain's agents: how many, and with a machine that has just ended.</summary>
public sealed class AgentConnectionTests : IDisposable
{
    private readonly TemporaryDirectory _state = new();

    public AgentConnectionTests() => Directory.CreateDirectory(Path.Combine(_state.Path, "lock"));

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Over_a_network_there_are_as_many_as_a_machine_has_ports()
    {
        using Socket listener = Listen("agent");
        AgentConnection[] open = [.. Enumerable.Range(0, GuestSettings.AgentPorts).Select(_ => Over(() => Connect(listener)))];
        ZoneException busy = Assert.Throws<ZoneException>(() => Over(() => Connect(listener)));
        Assert.Equal("d1: the domain runs 8 commands already, which is the most", busy.Message);
        Assert.True(busy.IsTransient);
        open[3].Dispose();
        open[3] = Over(() => Connect(listener));
        foreach (AgentConnection one in open)
        {
            one.Dispose();
        }
    }

    [Fact]
    public void A_machine_that_has_just_ended_does_not_answer_and_takes_no_port_with_it()
    {
        for (int i = 0; i <= GuestSettings.AgentPorts; i++)
        {
            ZoneException gone = Assert.Throws<ZoneException>(() => Over(() =>
            {
                using Socket listener = Listen("gone");
                Socket socket = Connect(listener);
                listener.Accept().Dispose();
                return socket;
            }));
            Assert.Equal("d1: the domain does not answer; zone logs shows its console", gone.Message);
        }
    }

    [Fact]
    public void Neither_does_one_that_never_listened()
    {
        DomainDirectory directory = new(_state.Path);
        Directory.CreateDirectory(directory.Path);
        Assert.Contains("does not answer", Assert.Throws<ZoneException>(() => AgentConnection.Open(_state.Path, "d1", directory)).Message);
    }

    private AgentConnection Over(Func<Socket> connect) => AgentConnection.Over(_state.Path, "d1", connect, "secret");

    private Socket Listen(string name)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(_state.Path, name);
        File.Delete(path);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(2 * GuestSettings.AgentPorts);
        return listener;
    }

    private static Socket Connect(Socket listener)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(listener.LocalEndPoint!);
        return socket;
    }
}
