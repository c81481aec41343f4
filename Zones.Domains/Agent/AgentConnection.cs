using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Zones.Domains.Brand;
using Zones.Domains.Build;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Domains.Agent;

/// <summary>A port to the agent of a domain, this process's alone as long as it is open: a lock on STATE/lock/.agent+NAME+N says so, which is
/// gone with whoever had it.</summary>
internal sealed class AgentConnection : IDisposable
{
    /// <summary>The agent always reads; one that does not for so long, or its machine, has come to a standstill.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(40);

    private readonly SafeFd _lock;
    private readonly Lock _sending = new();

    private AgentConnection(SafeFd held, Socket socket)
    {
        _lock = held;
        Socket = socket;
        Socket.SendTimeout = (int)SendTimeout.TotalMilliseconds;
    }

    /// <summary>To the domain.</summary>
    public Socket Socket { get; }

    /// <summary>The file that a port's user locks, in STATE/lock. No zone's name has a plus.</summary>
    /// <param name="zone">The domain.</param>
    /// <param name="port">The port's number.</param>
    public static string LockName(string zone, string port) => $".agent+{zone}+{port}";

    /// <summary>A free port of the machine's.</summary>
    /// <exception cref="ZoneException">The domain has none left, or its machine has ended.</exception>
    public static AgentConnection Open(string state, string zone, DomainDirectory directory)
    {
        bool anyFree = false;
        foreach ((int port, SafeFd held) in FreePorts(state, zone))
        {
            anyFree = true;
            if (directory.Connect(string.Create(CultureInfo.InvariantCulture, $"agent{port}")) is { } socket && Begin(held, socket) is { } connection)
            {
                return connection;
            }

            held.Dispose();
        }

        throw anyFree ? Failure(zone, "does not answer; zone logs shows its console") : Busy(zone);
    }

    /// <summary>Over a network, where one of TCP's ports is for as many commands as the machine's ports would be.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="zone">The domain.</param>
    /// <param name="connect">Connects to it.</param>
    /// <param name="secret">What its agent wants to hear.</param>
    /// <exception cref="ZoneException">The domain runs as many already, or its machine has ended.</exception>
    public static AgentConnection Over(string state, string zone, Func<Socket> connect, string secret)
    {
        foreach ((_, SafeFd held) in FreePorts(state, zone))
        {
            AgentConnection? connection = null;
            try
            {
                connection = Begin(held, connect());
                return connection?.Send(AgentFrame.Secret, Encoding.UTF8.GetBytes(secret)) == true ? connection : throw Failure(zone, "does not answer; zone logs shows its console");
            }
            catch
            {
                connection?.Dispose();
                held.Dispose();
                throw;
            }
        }

        throw Busy(zone);
    }

    /// <summary>Sends a frame; false when nobody is there any more, or nobody takes it. The latter ends the connection, since half a frame may be on its way.</summary>
    public bool Send(byte kind, ReadOnlySpan<byte> content)
    {
        byte[] frame = new byte[AgentFrame.HeaderLength + content.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame.AsSpan(AgentFrame.HeaderLength));
        try
        {
            lock (_sending)
            {
                for (int sent = 0; sent < frame.Length;)
                {
                    sent += Socket.Send(frame.AsSpan(sent));
                }
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            if (e is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
            {
                Socket.Dispose();
            }

            return false;
        }
    }

    /// <summary>The next frame; null when there will be none, or none in time.</summary>
    /// <param name="timeout">How long to wait for its beginning; null: for ever.</param>
    /// <param name="kind">Its kind.</param>
    public byte[]? Receive(TimeSpan? timeout, out byte kind)
    {
        kind = 0;
        byte[] header = new byte[AgentFrame.HeaderLength];
        try
        {
            if (timeout is { } limit && !Socket.Poll(limit, SelectMode.SelectRead))
            {
                return null;
            }

            if (!Fill(header))
            {
                return null;
            }

            kind = header[0];
            int length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
            byte[] content = new byte[length is >= 0 and <= AgentFrame.MostContent ? length : 0];
            return length == content.Length && Fill(content) ? content : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Begins what the connection is for and waits for the agent's word on it.</summary>
    /// <returns>Null when it does not answer.</returns>
    public byte[]? Ask(byte kind, ReadOnlySpan<byte> content, TimeSpan timeout)
    {
        if (!Send(kind, content))
        {
            return null;
        }

        // What a command before has still printed comes first.
        byte[]? answer;
        byte answered;
        do
        {
            answer = Receive(timeout, out answered);
        }
        while (answer is not null && answered != AgentFrame.Started);
        return answer;
    }

    public void Dispose()
    {
        Socket.Dispose();
        _lock.Dispose();
    }

    /// <summary>Null when nobody is there any more; the socket is closed then, and the lock is not.</summary>
    private static AgentConnection? Begin(SafeFd held, Socket socket)
    {
        try
        {
            socket.Send(AgentFrame.Beginning);
            return new(held, socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Ports that nobody uses, each locked for the caller. From anywhere: the lowest may be one that its last user has left this very moment.</summary>
    private static IEnumerable<(int Port, SafeFd Held)> FreePorts(string state, string zone)
    {
        int first = Random.Shared.Next(GuestSettings.AgentPorts);
        for (int n = 0; n < GuestSettings.AgentPorts; n++)
        {
            int port = (first + n) % GuestSettings.AgentPorts;
            if (TryLock(Path.Combine(state, "lock", LockName(zone, port.ToString(CultureInfo.InvariantCulture)))) is { } held)
            {
                yield return (port, held);
            }
        }
    }

    private static ZoneException Busy(string zone) => Failure(zone, string.Create(CultureInfo.InvariantCulture, $"runs {GuestSettings.AgentPorts} commands already, which is the most"));

    private static ZoneException Failure(string zone, string reason) => new($"{zone}: the domain {reason}") { Zone = zone, Operation = "exec", IsTransient = true };

    private bool Fill(Span<byte> bytes)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int length = Socket.Receive(bytes[done..]);
            if (length == 0)
            {
                return false;
            }

            done += length;
        }

        return true;
    }

    private static SafeFd? TryLock(string path)
    {
        const int exclusive = 2, nonBlocking = 4;
        SafeFd? file = Kernel.Open(path, Linux.O_RDWR | Linux.O_CREAT | Linux.O_NOFOLLOW, out _, 0x180 /* 0600 */);
        if (file is not null && Kernel.Call(Linux.Flock, file.Number, exclusive | nonBlocking) == 0)
        {
            return file;
        }

        file?.Dispose();
        return null;
    }
}
