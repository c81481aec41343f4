using System.Runtime.InteropServices;
using Zones.Wire;

namespace Zones.Storage.Fuse;

/// <summary>Serves one read-only mount: one thread takes the kernel's requests one after the other and begins each; what has to wait for
/// the other side goes on when that answers, in any order. The sources are Documentation/filesystems/fuse and linux/fuse.h.
/// A session keeps nothing that the next one needs: nodes are in the <see cref="NodeTable"/>, and requests that were read and
/// not answered are sent again when another takes over.</summary>
internal sealed partial class FuseSession : IDisposable
{
    /// <summary>The most requests at the other side at once; more wait in line here, a few hundred bytes each.</summary>
    private const int MostAtOnce = 64;

    /// <summary>The most bytes of one READ, and of the kernel's reading ahead.</summary>
    private const int MostBytes = 1 << 20;

    private const FuseFeatures Wanted =
        FuseFeatures.AsyncRead | FuseFeatures.AutoInvalidate | FuseFeatures.ReadDirectoryPlus
        | FuseFeatures.NoOpen | FuseFeatures.ParallelDirectoryOperations | FuseFeatures.MaxPages | FuseFeatures.CacheSymbolicLinks
        | FuseFeatures.NoOpenDirectory | FuseFeatures.MoreFlags | FuseFeatures.Resend | FuseFeatures.AllowIdmap;

    private static readonly FuseInitReply Limits = new()
    {
        MaxReadAhead = MostBytes,
        MaxBackground = MostAtOnce,
        CongestionThreshold = MostAtOnce * 3 / 4,
        MaxPages = (ushort)(MostBytes / Environment.SystemPageSize),
    };

    private readonly FuseDevice _device;
    private readonly NodeTable _nodes;
    private readonly IRemoteTree _tree;
    private readonly FuseTimes _times;
    private readonly ListingCache _listings = new();
    private readonly PendingRequests _pending = new();
    private readonly SemaphoreSlim _room = new(MostAtOnce);

    /// <summary>A session on a mount.</summary>
    /// <param name="device">Its /dev/fuse descriptor.</param>
    /// <param name="nodes">Its nodes, the root at least.</param>
    /// <param name="tree">Where the files are.</param>
    /// <param name="times">How long the kernel may keep what it is told.</param>
    public FuseSession(FuseDevice device, NodeTable nodes, IRemoteTree tree, FuseTimes times)
    {
        _device = device;
        _nodes = nodes;
        _tree = tree;
        _times = times;
    }

    /// <summary>Serves until the mount is gone or aborted.</summary>
    public void Run()
    {
        _device.RequestResend();
        byte[] buffer = GC.AllocateUninitializedArray<byte>(FuseDevice.RequestBytes, pinned: true);
        for (int length; (length = _device.Receive(buffer)) > 0;)
        {
            Begin(buffer.AsSpan(0, length));
        }
    }

    public void Dispose() => _pending.Dispose();

    private unsafe void Begin(ReadOnlySpan<byte> request)
    {
        FuseRequestHeader header = MemoryMarshal.Read<FuseRequestHeader>(request);
        ReadOnlySpan<byte> body = request[sizeof(FuseRequestHeader)..];
        switch (header.Opcode)
        {
            case FuseOpcode.Init:
                FuseHandshake.Answer(_device, header.Unique, in MemoryMarshal.AsRef<FuseInitRequest>(body), Wanted, Limits);
                break;
            case FuseOpcode.Forget:
                _nodes.Forget(header.Node, MemoryMarshal.Read<ulong>(body));
                break;
            case FuseOpcode.BatchForget:
                ForgetAll(body);
                break;
            case FuseOpcode.Interrupt:
                _pending.Interrupt(MemoryMarshal.Read<ulong>(body));
                break;
            case FuseOpcode.Lookup:
                _ = ServeAsync(header, (session, head, name, cancel) => session.LookupAsync(head, name, cancel), body[..^1].ToArray());
                break;
            case FuseOpcode.GetAttributes:
                _ = ServeAsync(header, (session, head, _, cancel) => session.GetAttributesAsync(head, cancel), 0);
                break;
            case FuseOpcode.ReadLink:
                _ = ServeAsync(header, (session, head, _, cancel) => session.ReadLinkAsync(head, cancel), 0);
                break;
            case FuseOpcode.Read:
                _ = ServeAsync(header, (session, head, read, cancel) => session.ReadAsync(head, read, cancel), MemoryMarshal.Read<FuseReadRequest>(body));
                break;
            case FuseOpcode.ReadDirectory or FuseOpcode.ReadDirectoryPlus:
                _ = ServeAsync(header, (session, head, read, cancel) => session.ListAsync(head, read, cancel), MemoryMarshal.Read<FuseReadRequest>(body));
                break;
            case FuseOpcode.StatFileSystem:
                _ = ServeAsync(header, (session, head, _, cancel) => session.StatFileSystemAsync(head, cancel), 0);
                break;
            default:
                _device.Reply(header.Unique, Refusal(header.Opcode));
                break;
        }
    }

    /// <summary>ENOSYS is remembered by the kernel: it never asks again to open, nor for extended attributes (NFSv3 has none), and
    /// checks access by mode bits itself (default_permissions).</summary>
    private static int Refusal(FuseOpcode opcode) => opcode switch
    {
        FuseOpcode.Destroy or FuseOpcode.Release or FuseOpcode.ReleaseDirectory or FuseOpcode.Flush => 0,
        FuseOpcode.SetAttributes or FuseOpcode.SymbolicLink or FuseOpcode.MakeNode or FuseOpcode.MakeDirectory or FuseOpcode.Unlink
            or FuseOpcode.RemoveDirectory or FuseOpcode.Rename or FuseOpcode.Rename2 or FuseOpcode.Link or FuseOpcode.Write
            or FuseOpcode.SetExtendedAttribute or FuseOpcode.RemoveExtendedAttribute or FuseOpcode.Create or FuseOpcode.FAllocate => Linux.EROFS,
        _ => Linux.ENOSYS,
    };

    private unsafe void ForgetAll(ReadOnlySpan<byte> body)
    {
        int count = (int)MemoryMarshal.Read<uint>(body);
        foreach (FuseForget forget in MemoryMarshal.Cast<byte, FuseForget>(body.Slice(8, count * sizeof(FuseForget))))
        {
            _nodes.Forget(forget.Node, forget.References);
        }
    }

    /// <summary>One request from its beginning to its answer, whatever happens to it.</summary>
    private async Task ServeAsync<T>(FuseRequestHeader header, Func<FuseSession, FuseRequestHeader, T, CancellationToken, ValueTask> serve, T argument)
    {
        CancellationToken cancel = _pending.Add(in header);
        try
        {
            await _room.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await serve(this, header, argument, cancel).ConfigureAwait(false);
            }
            finally
            {
                _room.Release();
            }
        }
        catch (OperationCanceledException)
        {
            _device.Reply(header.Unique, Linux.EINTR);
        }
        catch (Exception e)
        {
            // A request without an answer would leave its thread waiting for ever.
            await Console.Error.WriteLineAsync($"{header.Opcode} of node {header.Node}: {e}").ConfigureAwait(false);
            _device.Reply(header.Unique, Linux.EIO);
        }
        finally
        {
            _pending.Remove(header.Unique);
        }
    }
}
