using Zones.Interop;
using Zones.Network.Snoop.Filters;
using Zones.Wire;

namespace Zones.Network.Snoop.Capture;

/// <summary>Captures packets of a link, or of all links of a network namespace, out of a ring that it shares with the kernel: a packet is
/// copied once, by the kernel. Times are in nanoseconds; the VLAN tag that the kernel takes out of frames is put back.</summary>
public sealed class PacketCapture : IPacketSource
{
    /// <summary>Bytes that a filter that is finished in this process sees at least, whatever is kept in the end: all headers and an RPC call's.</summary>
    private const int SeenAtLeast = 512;

    /// <summary>Milliseconds between looks at a link that may be down.</summary>
    private const int LookAgainAfter = 200;

    private readonly PacketSocket _socket;
    private readonly PacketRing _ring;
    private readonly WakeUp _wakeUp = new();
    private readonly FilterMatcher? _matcher;
    private readonly SafeFd? _process1;
    private readonly int _snapLength;
    private bool _mayBeDown;
    private string? _gone;
    private bool _ended;

    private PacketCapture(SafeFd? networkNamespace, string? link, CaptureOptions options, SafeFd? process1 = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SnapLength, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SnapLength, 262144, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Ring, DataSize.MiB(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Ring, DataSize.GiB(1), nameof(options));

        // What the kernel lets through for want of knowing better is looked at here.
        _matcher = options.Filter is { } filter && (link is null || !filter.IsExactInKernel) ? filter.CreateMatcher() : null;
        _snapLength = options.SnapLength;
        int seen = _matcher is null ? _snapLength : Math.Max(_snapLength, SeenAtLeast);
        int blocks = (int)(options.Ring.Bytes / PacketRing.BlockSize);
        _socket = PacketSocket.Open(networkNamespace, link, options with { SnapLength = seen }, blocks);
        try
        {
            _ring = new PacketRing(_socket.Descriptor, blocks, seen);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _process1 = process1;
        _mayBeDown = link is not null;
    }

    /// <summary>What the kernel counted so far. What a filter with <c>rpc</c> refuses in this process counts as received.</summary>
    public CaptureStatistics Statistics => _socket.Statistics();

    /// <inheritdoc/>
    public long Drops => Statistics.Dropped;

    /// <summary>Captures in the caller's own network namespace.</summary>
    /// <param name="link">A link's name; null for all.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ZoneException">There is no such link, or capturing is not allowed; with the errno.</exception>
    public static PacketCapture Open(string? link, CaptureOptions? options = null) => Open(null, link, options);

    /// <summary>Captures in a running zone's network namespace.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="link">A link's name, as it is inside; null for all.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the wait for the catalogue.</param>
    /// <exception cref="ZoneStateException">The zone does not run.</exception>
    /// <exception cref="ZoneException">It has no such link, or capturing is not allowed; with the errno.</exception>
    public static async Task<PacketCapture> OpenAsync(Zone zone, string? link = null, CaptureOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ZoneInfo info = await zone.InfoAsync(cancellationToken).ConfigureAwait(false);
        if (info.Spec.Brand == ZoneBrand.Domain)
        {
            return new(null, await HostEndAsync(zone, link, cancellationToken).ConfigureAwait(false), options ?? new CaptureOptions());
        }

        SafeFd? process1 = info.Pid is { } pid ? Kernel.OpenProcess(pid, out _) : null;
        using SafeFd? networkNamespace = process1 is null ? null : Kernel.Open($"/proc/{info.Pid}/ns/net", Linux.O_RDONLY, out _);
        try
        {
            // The number may have become another process's before the descriptors were there.
            ZoneInfo now = await zone.InfoAsync(cancellationToken).ConfigureAwait(false);
            return networkNamespace is not null && now.Pid == info.Pid && now.Id == info.Id
                ? new PacketCapture(networkNamespace, link, options ?? new CaptureOptions(), process1)
                : throw new ZoneStateException($"{zone.Name}: has no network to capture from; boot it first", now.State) { Zone = zone.Name, Operation = "snoop" };
        }
        catch
        {
            process1?.Dispose();
            throw;
        }
    }

    /// <summary>A domain's own end is in its kernel; what goes over the link is seen at the host's just as well.</summary>
    private static async Task<string> HostEndAsync(Zone zone, string? link, CancellationToken cancellationToken)
    {
        IReadOnlyList<ZoneNetworkUsage> usage = await zone.Host.Network().StatAsync([zone.Name], cancellationToken).ConfigureAwait(false);
        ZoneLinkUsage[] links = [.. usage.SelectMany(one => one.Links)];
        ZoneLinkUsage[] meant = link is null ? links : Array.FindAll(links, one => one.Link == link);
        return meant switch
        {
            [ZoneLinkUsage only] => only.HostLink,
            [] when links.Length == 0 => throw new ZoneStateException($"{zone.Name}: has no link to capture from; give it an anet and boot it", (await zone.InfoAsync(cancellationToken).ConfigureAwait(false)).State) { Zone = zone.Name, Operation = "snoop" },
            [] => throw new ZoneException($"{zone.Name}: has no link {link}, but {string.Join(", ", links.Select(one => one.Link))}") { Zone = zone.Name, Operation = "snoop" },
            _ => throw new ZoneException($"{zone.Name}: has several links; name one: {string.Join(" or ", links.Select(one => $"{zone.Name}/{one.Link}"))}") { Zone = zone.Name, Operation = "snoop" },
        };
    }

    /// <summary>Captures in a network namespace.</summary>
    /// <param name="networkNamespace">A descriptor of /proc/PID/ns/net or the like, needed for the call only; null for the caller's own.</param>
    /// <param name="link">A link's name, as it is there; null for all.</param>
    /// <param name="options">How; null for the defaults.</param>
    internal static PacketCapture Open(SafeFd? networkNamespace, string? link, CaptureOptions? options = null) => new(networkNamespace, link, options ?? new CaptureOptions());

    /// <inheritdoc/>
    /// <exception cref="ZoneException">The link went away, or the zone halted. Told once, after the packets before; later calls return false.</exception>
    public bool TryRead(out CapturedPacket packet, CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            while (_ring.TryTake(out packet))
            {
                if (_matcher is null)
                {
                    return true;
                }

                if (_matcher.Matches(packet))
                {
                    packet = packet with { Data = packet.Data[..Math.Min(packet.Data.Length, _snapLength)] };
                    return true;
                }
            }

            if (_ended)
            {
                return false;
            }

            if (_gone is not null)
            {
                _ended = true;
                throw new ZoneException($"{_gone}; the capture ends") { Errno = Linux.ENODEV };
            }

            Wait(cancellationToken);
        }

        packet = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ring.Dispose();
        _socket.Dispose();
        _process1?.Dispose();
        _wakeUp.Dispose();
    }

    private void Wait(CancellationToken cancellationToken)
    {
        short returned = _wakeUp.Wait(_socket.Descriptor, _process1, cancellationToken, _mayBeDown ? LookAgainAfter : Timeout.Infinite);
        if (_process1 is not null && returned == 0 && Polling.Readable(_process1, TimeSpan.Zero))
        {
            // A socket keeps its namespace, so its links would not go away by themselves.
            _gone = "the zone halted";
        }
        else if (_socket.Link is { } link)
        {
            // A link that is removed goes down first, and only that wakes its sockets: so it is looked at until something comes over it again.
            bool failed = (returned & ~PollEntry.In) != 0;
            _gone = (failed || _mayBeDown) && _socket.IsLinkGone() ? $"{link}: the link went away" : null;
            _mayBeDown = failed || (_mayBeDown && returned == 0);
        }

        if (_gone is not null)
        {
            // What is in a block that the kernel has not given out yet comes when that is old enough.
            Thread.Sleep(PacketSocket.RetireAfter * 2);
        }
    }
}
