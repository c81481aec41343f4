using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Zones.Wire;

namespace Zones.Guest.Work;

/// <summary>TCP between a program inside and one of the host: a byte there and back, and as much as goes in one direction.
/// A connection begins with a byte that says which.</summary>
internal static unsafe class TcpWork
{
    private const byte Echo = (byte)'e', Take = (byte)'t';
    private const int BlockLength = 64 << 10, Stream = 1, AddressLength = 16;

    /// <summary>Serves one connection after the other until nobody holds standard input any more; says its port first.</summary>
    public static int Serve(string address)
    {
        int listener = Socket();
        byte* own = stackalloc byte[AddressLength];
        Fill(own, address, 0);
        int length = AddressLength;
        long error = Kernel.Call(Linux.Bind, listener, (long)own, AddressLength);
        error = error < 0 ? error : Kernel.Call(Linux.Listen, listener, 16);
        error = error < 0 ? error : Kernel.Call(Linux.Getsockname, listener, (long)own, (long)&length);
        if (error < 0)
        {
            WorkProgram.Say(string.Create(CultureInfo.InvariantCulture, $"cannot listen at {address}: errno {-error}\n"));
            return 1;
        }

        WorkProgram.Say(string.Create(CultureInfo.InvariantCulture, $"port {BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(own + 2, 2))}\n"));
        byte[] block = new byte[BlockLength];
        PollEntry* entries = stackalloc PollEntry[2];
        while (true)
        {
            entries[0] = new() { Fd = 0, Events = PollEntry.In };
            entries[1] = new() { Fd = listener, Events = PollEntry.In };
            Kernel.Call(Linux.Poll, entries, 2, -1);
            if (entries[0].Returned != 0)
            {
                return 0;
            }

            int connection = (int)Kernel.Call(Linux.Accept4, listener, 0, 0, Linux.SOCK_CLOEXEC);
            if (connection >= 0)
            {
                Answer(connection, block);
                Kernel.Close(connection);
            }
        }
    }

    /// <summary>Waits, for a minute, until something listens on a port of this stack's own.</summary>
    public static bool Await(int port)
    {
        const int pause = 5;
        for (long end = Environment.TickCount64 + 60_000; Environment.TickCount64 < end; Thread.Sleep(pause))
        {
            int connection = Connect("127.0.0.1", port);
            if (connection >= 0)
            {
                Kernel.Close(connection);
                return true;
            }
        }

        return false;
    }

    /// <summary>Seconds for a byte there and back; null when the server is not reached.</summary>
    public static double? Latency(string address, int port, TimeSpan time)
    {
        int connection = Open(address, port, Echo);
        if (connection < 0)
        {
            return null;
        }

        byte[] one = new byte[1];
        long trips = 0, start = Stopwatch.GetTimestamp();
        TimeSpan passed;
        do
        {
            if (!Call.Write(connection, one) || Read(connection, one) != 1)
            {
                Kernel.Close(connection);
                return null;
            }

            trips++;
            passed = Stopwatch.GetElapsedTime(start);
        }
        while (passed < time);
        Kernel.Close(connection);
        return passed.TotalSeconds / trips;
    }

    /// <summary>Bytes a second that the server has taken; null when it is not reached.</summary>
    public static double? Throughput(string address, int port, TimeSpan time)
    {
        int connection = Open(address, port, Take);
        if (connection < 0)
        {
            return null;
        }

        byte[] block = new byte[BlockLength];
        long bytes = 0, start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time && Call.Write(connection, block))
        {
            bytes += block.Length;
        }

        // It counts when the other end has it: its answer comes after the last byte.
        Kernel.Call(Linux.Shutdown, connection, 1 /* SHUT_WR */);
        bool taken = Read(connection, block) == 1;
        TimeSpan passed = Stopwatch.GetElapsedTime(start);
        Kernel.Close(connection);
        return taken ? bytes / passed.TotalSeconds : null;
    }

    private static void Answer(int connection, byte[] block)
    {
        NoDelay(connection);
        byte[] kind = new byte[1];
        if (Read(connection, kind) != 1)
        {
            return;
        }

        for (int length; (length = Read(connection, block)) > 0;)
        {
            if (kind[0] == Echo && !Call.Write(connection, block.AsSpan(0, length)))
            {
                return;
            }
        }

        if (kind[0] == Take)
        {
            Call.Write(connection, kind);
        }
    }

    private static int Open(string address, int port, byte kind)
    {
        int connection = Connect(address, port);
        if (connection >= 0)
        {
            NoDelay(connection);
            Call.Write(connection, [kind]);
        }

        return connection;
    }

    /// <summary>-1 when nobody answers. Whoever hears nothing for seconds is not reached: a firewall may drop what is sent.</summary>
    private static int Connect(string address, int port)
    {
        const int syncCount = 7, tcp = 6;
        int socket = Socket(), attempts = 2;
        byte* to = stackalloc byte[AddressLength];
        Fill(to, address, port);
        Kernel.Call(Linux.Setsockopt, socket, tcp, syncCount, (long)&attempts, sizeof(int));
        if (Kernel.Call(Linux.Connect, socket, (long)to, AddressLength) == 0)
        {
            return socket;
        }

        Kernel.Close(socket);
        return -1;
    }

    private static int Socket() => (int)Kernel.Call(Linux.Socket, Linux.AF_INET, Stream | Linux.SOCK_CLOEXEC, 0);

    private static void NoDelay(int socket)
    {
        int one = 1;
        Kernel.Call(Linux.Setsockopt, socket, 6 /* IPPROTO_TCP */, 1 /* TCP_NODELAY */, (long)&one, sizeof(int));
    }

    private static int Read(int socket, byte[] into)
    {
        fixed (byte* start = into)
        {
            return (int)Kernel.Call(Linux.Read, socket, (long)start, into.Length);
        }
    }

    /// <summary>struct sockaddr_in.</summary>
    private static void Fill(byte* at, string address, int port)
    {
        new Span<byte>(at, AddressLength).Clear();
        *(ushort*)at = Linux.AF_INET;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(at + 2, 2), (ushort)port);
        string[] parts = address.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            at[4 + i] = byte.Parse(parts[i], CultureInfo.InvariantCulture);
        }
    }
}
