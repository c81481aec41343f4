using Zones.Interop;
using Zones.Wire;

namespace Zones.Network.Snoop;

/// <summary>Waits for a descriptor or for a cancellation, whichever comes first: a descriptor of its own (eventfd(2)) that the token makes readable.</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private const ulong One = 1;

    private readonly SafeFd _event = Kernel.Descriptor(Kernel.Call(Linux.Eventfd2, 0, Linux.O_CLOEXEC | Linux.O_NONBLOCK), out int errno)
        ?? throw new ZoneException($"cannot make an eventfd: {KernelError.Describe(errno)}") { Errno = errno };

    /// <summary>Waits until a read of <paramref name="descriptor"/> would not block.</summary>
    /// <param name="descriptor">What to wait for.</param>
    /// <param name="end">Another descriptor that ends the wait; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="milliseconds">The wait lasts no longer; -1 for ever.</param>
    /// <returns>What poll(2) says of it: <see cref="PollEntry.In"/> and errors; 0 when cancelled, over, or when the other ended the wait.</returns>
    public short Wait(SafeFd descriptor, SafeFd? end, CancellationToken cancellationToken, int milliseconds = -1)
    {
        PollEntry* entries = stackalloc PollEntry[3];
        using (cancellationToken.UnsafeRegister(static wakeUp => ((WakeUp)wakeUp!).Wake(), this))
        {
            entries[0] = new PollEntry { Fd = descriptor.Number, Events = PollEntry.In };
            entries[1] = new PollEntry { Fd = _event.Number, Events = PollEntry.In };
            entries[2] = new PollEntry { Fd = end?.Number ?? -1, Events = PollEntry.In };
            Kernel.Call(Linux.Poll, entries, 3, milliseconds);
        }

        // The registration is gone, so nobody wakes any more: what is taken away here is not missed by a wait with another token.
        ulong count;
        Kernel.Call(Linux.Read, _event.Number, (long)&count, sizeof(ulong));
        return cancellationToken.IsCancellationRequested ? (short)0 : entries[0].Returned;
    }

    public void Dispose() => _event.Dispose();

    private void Wake()
    {
        ulong one = One;
        Kernel.Call(Linux.Write, _event.Number, (long)&one, sizeof(ulong));
    }
}
