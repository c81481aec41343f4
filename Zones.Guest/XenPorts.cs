using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Zones.Domains.Build;
using Zones.Domains.Xen;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>Between this domain and domain 0 under Xen: how it goes is written into xenstore, where none but this domain's root can write for it, and the agents
/// answer at a port of TCP, to the host's address alone and to who knows the secret of this boot.</summary>
internal sealed unsafe class XenPorts : IHostPorts
{
    private const int Stream = 1, AddressLength = 16; // SOCK_STREAM; struct sockaddr_in

    private readonly HashSet<int> _agents = [];
    private readonly StringBuilder _said = new();
    private readonly string _host, _secret;
    private readonly int _store, _listener;

    private XenPorts(int store, int listener, GuestSettings settings)
    {
        (_store, _listener, _host, _secret) = (store, listener, settings.Server, settings.Secret);
    }

    /// <summary>Opens them.</summary>
    /// <exception cref="GuestException">They are not there.</exception>
    public static XenPorts Open(GuestSettings settings)
    {
        int store = Call.Open("/dev/xen/xenbus", Linux.O_RDWR);
        GuestException.ThrowIf(store < 0 ? -store : 0, "open /dev/xen/xenbus (is this kernel built for a domain of Xen's?)");
        int listener = (int)Kernel.Call(Linux.Socket, Linux.AF_INET, Stream | Linux.SOCK_CLOEXEC, 0);
        byte* address = stackalloc byte[AddressLength];
        new Span<byte>(address, AddressLength).Clear();
        *(ushort*)address = Linux.AF_INET;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), GuestSettings.AgentTcpPort);
        GuestException.ThrowIf(-(int)Kernel.Call(Linux.Bind, listener, (long)address, AddressLength), "bind the agents' port");
        GuestException.ThrowIf(-(int)Kernel.Call(Linux.Listen, listener, GuestSettings.AgentPorts), "listen for the host");
        AgentProcess.Tell(listener, process: 1);
        return new(store, listener, settings);
    }

    public void Say(string line)
    {
        _said.Append(line).Append('\n');
        Call.Write(_store, XenStoreMessage.Compose(XenStoreMessage.Write, XenStoreMessage.Status, _said.ToString()));

        // The answer says nothing that could be acted on, but the next one comes behind it.
        byte* answer = stackalloc byte[XenStoreMessage.HeaderLength];
        if (Fill(answer, XenStoreMessage.HeaderLength))
        {
            int length = XenStoreMessage.ReadHeader(new(answer, XenStoreMessage.HeaderLength)).Length;
            byte* content = stackalloc byte[XenStoreMessage.MostContent];
            Fill(content, Math.Clamp(length, 0, XenStoreMessage.MostContent));
        }
    }

    public void StartAgents()
    {
        byte* address = stackalloc byte[AddressLength];
        while (true)
        {
            int length = AddressLength;
            int connection = (int)Kernel.Call(Linux.Accept4, _listener, (long)address, (long)&length, Linux.SOCK_CLOEXEC | Linux.O_NONBLOCK);
            if (connection < 0)
            {
                return;
            }

            // The host has no more than as many at once, and some of those before may be about to end.
            if (_agents.Count < 2 * GuestSettings.AgentPorts && string.Create(CultureInfo.InvariantCulture, $"{address[4]}.{address[5]}.{address[6]}.{address[7]}") == _host)
            {
                Start(connection);
            }

            Kernel.Close(connection);
        }
    }

    public void Ended(int process) => _agents.Remove(process);

    private void Start(int connection)
    {
        const int tcp = 6, noDelay = 1;
        int yes = 1;
        Kernel.Call(Linux.Setsockopt, connection, tcp, noDelay, (long)&yes, sizeof(int));
        if (AgentProcess.Start(connection, Linux.SIGTERM, [$"{Agent.SecretVariable}={_secret}"]) is not 0 and int agent)
        {
            _agents.Add(agent);
        }
    }

    private bool Fill(byte* bytes, int count)
    {
        for (int done = 0; done < count;)
        {
            long read = Kernel.Call(Linux.Read, _store, (long)(bytes + done), count - done);
            if (read <= 0)
            {
                return false;
            }

            done += (int)read;
        }

        return true;
    }
}
