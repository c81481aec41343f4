using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>Requests of rtnetlink(7) that configure a link, each with its answer.</summary>
internal sealed unsafe class GuestNetlink : IDisposable
{
    private const ushort NewLink = 16, NewAddress = 20, NewRoute = 24;
    private const ushort Request = 1, Acknowledge = 4, Replace = 0x100, Create = 0x400;
    private const int HeaderLength = 16;

    private readonly int _socket = (int)Kernel.Call(Linux.Socket, Linux.AF_NETLINK, Linux.SOCK_RAW | Linux.SOCK_CLOEXEC, 0);
    private readonly byte[] _message = new byte[512];
    private int _length;

    public void Dispose() => Kernel.Close(_socket);

    /// <summary>Gives a link that is down another name. Returns 0 or an errno, as all of these.</summary>
    public int Rename(int link, string name)
    {
        const ushort nameOfLink = 3; // IFLA_IFNAME
        BeginLink(link, 0, 0);
        Attribute(nameOfLink, Encoding.UTF8.GetBytes(name + "\0"));
        return Send();
    }

    public int SetUp(int link)
    {
        BeginLink(link, Linux.IFF_UP, Linux.IFF_UP);
        return Send();
    }

    /// <summary>An address, in use at once: that nobody else has it is known.</summary>
    public int AddAddress(int link, IPAddress address, int prefixLength)
    {
        const ushort peer = 1, local = 2; // IFA_ADDRESS, IFA_LOCAL
        const byte noDuplicateDetection = 2;
        bool v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Begin(NewAddress, Replace | Create);
        Append([v6 ? (byte)10 : (byte)Linux.AF_INET, (byte)prefixLength, v6 ? noDuplicateDetection : (byte)0, 0]);
        Append(BitConverter.GetBytes(link));
        byte[] bytes = address.GetAddressBytes();
        Attribute(local, bytes);
        Attribute(peer, bytes);
        return Send();
    }

    /// <summary>A default route; of several the one with the lowest metric is used.</summary>
    public int AddRoute(int link, IPAddress router, int metric)
    {
        const ushort outgoing = 4, gateway = 5, priority = 6; // RTA_OIF, RTA_GATEWAY, RTA_PRIORITY
        const byte main = 254, boot = 3, unicast = 1;
        bool v6 = router.AddressFamily == AddressFamily.InterNetworkV6;
        Begin(NewRoute, Replace | Create);
        Append([v6 ? (byte)10 : (byte)Linux.AF_INET, 0, 0, 0, main, boot, 0, unicast, 0, 0, 0, 0]);
        Attribute(gateway, router.GetAddressBytes());
        Attribute(outgoing, BitConverter.GetBytes(link));
        Attribute(priority, BitConverter.GetBytes((v6 ? 1024 : 0) + metric));
        return Send();
    }

    private void BeginLink(int link, int flags, int change)
    {
        Begin(NewLink, 0);
        Append(new byte[4]);
        Append(BitConverter.GetBytes(link));
        Append(BitConverter.GetBytes(flags));
        Append(BitConverter.GetBytes(change));
    }

    private void Begin(ushort type, ushort flags)
    {
        _message.AsSpan().Clear();
        _length = HeaderLength;
        BinaryPrimitives.WriteUInt16LittleEndian(_message.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_message.AsSpan(6), (ushort)(Request | Acknowledge | flags));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_message.AsSpan(_length));
        _length += (bytes.Length + 3) & ~3;
    }

    private void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_message.AsSpan(_length), (ushort)(value.Length + 4));
        BinaryPrimitives.WriteUInt16LittleEndian(_message.AsSpan(_length + 2), type);
        _length += 4;
        Append(value);
    }

    private int Send()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_message, _length);
        byte[] answer = new byte[1024];
        fixed (byte* start = _message, received = answer)
        {
            long result = Kernel.Call(Linux.Write, _socket, (long)start, _length);
            if (result >= 0)
            {
                result = Kernel.Call(Linux.Read, _socket, (long)received, answer.Length);
            }

            return result < HeaderLength + 4 ? (int)(result < 0 ? -result : Linux.EIO) : -BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(HeaderLength));
        }
    }
}
