using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Zones.Interop;
using Zones.Network.Netlink;
using Zones.Wire;

namespace Zones.Benchmarks;

/// <summary>Two ends of a veth in a network namespace of their own, and a socket that sends on the one as fast as the kernel takes it.</summary>
internal sealed unsafe class CaptureLink : IDisposable
{
    public const string Receiving = "east";

    private const int PacketFamily = 17, RawSocket = 3, Sendmmsg = 307, Messages = 64, MessageBytes = 64;

    private readonly SafeFd _socket;
    private readonly byte[] _frame;
    private readonly byte[] _headers = GC.AllocateArray<byte>(Messages * MessageBytes, pinned: true);
    private readonly nuint[] _parts = GC.AllocateArray<nuint>(2, pinned: true);

    public CaptureLink(int frameBytes)
    {
        Namespace = NamespaceThread.RunInNew(() => Kernel.Open("/proc/thread-self/ns/net", Linux.O_RDONLY, out _))!;
        Run("ip", "link", "add", "name", "west", "type", "veth", "peer", "name", Receiving);
        Run("ip", "link", "set", Receiving, "up");
        Run("ip", "link", "set", "west", "up");
        _socket = NamespaceThread.Run(Namespace, () => Kernel.Descriptor(Kernel.Call(Linux.Socket, PacketFamily, RawSocket | Linux.SOCK_CLOEXEC, 0), out _))!;
        byte* address = stackalloc byte[20];
        *(ushort*)address = PacketFamily;
        *(int*)(address + 4) = int.Parse(Run("ip", "-o", "link", "show", "west").Split(':')[0], CultureInfo.InvariantCulture);
        Check(Kernel.Call(Linux.Bind, _socket.Number, (long)address, 20));

        // UDP from port 9 to port 9 between addresses that nobody has.
        _frame = GC.AllocateArray<byte>(frameBytes, pinned: true);
        ((byte[])[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, (byte)((frameBytes - 14) >> 8), (byte)(frameBytes - 14), 0, 0, 0, 0, 64, 17, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2, 0, 9, 0, 9]).CopyTo(_frame, 0);
        _parts[0] = (nuint)(nint)Marshal.UnsafeAddrOfPinnedArrayElement(_frame, 0);
        _parts[1] = (nuint)frameBytes;
        for (int i = 0; i < Messages; i++)
        {
            // struct mmsghdr: of the struct msghdr in it only msg_iov at 16 and msg_iovlen at 24.
            nint* message = (nint*)Marshal.UnsafeAddrOfPinnedArrayElement(_headers, i * MessageBytes);
            (message[2], message[3]) = (Marshal.UnsafeAddrOfPinnedArrayElement(_parts, 0), 1);
        }
    }

    public SafeFd Namespace { get; }

    private string Path => $"/proc/{Environment.ProcessId}/fd/{Namespace.Number}";

    /// <summary>Sends frames, at most <paramref name="rate"/> a second; returns seconds.</summary>
    public double Send(int count, double rate)
    {
        long start = Stopwatch.GetTimestamp();
        for (int sent = 0; sent < count;)
        {
            sent += (int)Check(Kernel.Call(Sendmmsg, _socket.Number, Marshal.UnsafeAddrOfPinnedArrayElement(_headers, 0), Math.Min(Messages, count - sent)));
            while (Stopwatch.GetElapsedTime(start).TotalSeconds * rate < sent)
            {
                Thread.SpinWait(20);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Starts a command in the namespace, with its errors redirected.</summary>
    public Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("nsenter", [$"--net={Path}", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    public void Dispose()
    {
        _socket.Dispose();
        Namespace.Dispose();
    }

    private string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {process.StandardError.ReadToEnd()}");
    }

    private static long Check(long result) => result >= 0 ? result : throw new InvalidOperationException(KernelError.Describe((int)-result));
}
