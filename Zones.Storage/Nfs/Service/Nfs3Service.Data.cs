using System.Security.Cryptography;
using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <content>READ, WRITE, COMMIT.</content>
internal sealed partial class Nfs3Service
{
    /// <inheritdoc/>
    public ValueTask<Read3Res> ReadAsync(Read3Args arguments, RpcCall call) =>
        throw new NotSupportedException("READ is answered without a copy: NfsProgram");

    /// <summary>READ, from the file into the reply.</summary>
    /// <param name="arguments">What to read.</param>
    /// <param name="call">The call.</param>
    /// <param name="reply">Gets the whole result.</param>
    public unsafe void Read(in Read3Args arguments, RpcCall call, ref XdrWriter reply)
    {
        // Bytes of READ3resok before the data: status, attributes (a flag and fattr3), count, eof, length.
        const int attributesEnd = 4 + 4 + 84;
        const int header = attributesEnd + 12;

        int errno = Begin(arguments.File.Data, call, changes: false, out Subject file);
        using (file)
        {
            SafeFd? reader = null;
            if (errno == 0)
            {
                errno = file.MayRead();
                reader = errno == 0 ? file.Node.Reader(out errno) : null;
            }

            long length = 0;
            if (reader is not null)
            {
                int wanted = (int)Math.Min(arguments.Count, MaxTransfer);
                Span<byte> place = reply.GetSpan(header + wanted + 3);
                fixed (byte* start = place)
                {
                    length = arguments.Offset >= file.Status.Size ? 0 : Read(reader, start + header, wanted, arguments.Offset, file.Status.Size);
                }

                errno = length < 0 ? (int)-length : 0;
            }

            if (errno != 0)
            {
                Read3Res.WithResfail(NfsStatus.Of(errno), new Read3Resfail(Attributes(file))).Encode(ref reply);
                return;
            }

            // The data is in its place already; what comes before it is written over the gap.
            FileStatus status = file.Status;
            bool eof = length == 0 ? arguments.Count > 0 || arguments.Offset >= status.Size : arguments.Offset + (ulong)length >= status.Size;
            reply.WriteInt32((int)Nfsstat3.NFS3_OK);
            file.Attributes.Encode(ref reply);
            reply.WriteUInt32((uint)length);
            reply.WriteBoolean(eof);
            reply.WriteUInt32((uint)length);
            int padding = (int)-length & 3;
            reply.GetSpan((int)length + padding).Slice((int)length, padding).Clear();
            reply.Advance((int)length + padding);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Write3Res> WriteAsync(Write3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.File.Data, call, changes: true, out Subject file);
        using (file)
        {
            if (errno == 0)
            {
                errno = arguments.Count != arguments.Data.Length ? Linux.EINVAL
                    : arguments.Offset > (ulong)(long.MaxValue - arguments.Count) ? Errno.EFBIG
                    : file.MayWrite();
            }

            using SafeFd? writer = errno == 0 ? file.Node.OpenWriter(out errno) : null;
            if (writer is null)
            {
                return new(Write3Res.WithResfail(NfsStatus.Of(errno), new Write3Resfail(Unchanged(file))));
            }

            file.Caller.Assume();
            WccData wcc;
            int written;
            lock (file.Node.Changing)
            {
                _ = Calls.Status(file.Node.Path, out FileStatus before);
                written = Write(writer, arguments.Data.Span, (long)arguments.Offset, out errno);
                wcc = file.ChangedSince(before);
            }

            if (errno == 0 && arguments.Stable != StableHow.UNSTABLE)
            {
                errno = Sync(writer, dataOnly: arguments.Stable == StableHow.DATA_SYNC);
            }

            return new(errno == 0
                ? Write3Res.WithResok(new Write3Resok(wcc, (uint)written, arguments.Stable, _writeVerifier))
                : Write3Res.WithResfail(NfsStatus.Of(errno), new Write3Resfail(wcc)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Commit3Res> CommitAsync(Commit3Args arguments, RpcCall call)
    {
        int errno = Begin(arguments.File.Data, call, changes: true, out Subject file);
        using (file)
        {
            // Before it is told that what was written is safe, a client compares the verifier: it is the one of before the sync.
            byte[] verifier = _writeVerifier;
            if (errno == 0)
            {
                errno = file.MayWrite();
                SafeFd? reader = errno == 0 ? file.Node.Reader(out errno) : null;
                if (reader is not null)
                {
                    errno = Sync(reader, dataOnly: false);
                }
            }

            return new(errno == 0
                ? Commit3Res.WithResok(new Commit3Resok(file.ChangedSince(file.Status), verifier))
                : Commit3Res.WithResfail(NfsStatus.Of(errno), new Commit3Resfail(Unchanged(file))));
        }
    }

    /// <summary>pread(2), on a thread that may not wait only of what is in memory altogether.</summary>
    private static unsafe long Read(SafeFd reader, byte* to, int wanted, ulong offset, ulong size)
    {
        if (!Waiting.IsForbidden)
        {
            return Calls.Read(reader, to, wanted, (long)offset);
        }

        long length = Calls.ReadCached(reader, to, wanted, (long)offset);
        return length >= Math.Min(wanted, (long)(size - offset)) ? length : -Waiting.Needed();
    }

    /// <summary>Writes as much as there is; less when the disk is full in the middle, an error only when nothing was written.</summary>
    private static unsafe int Write(SafeFd writer, ReadOnlySpan<byte> data, long offset, out int errno)
    {
        int written = 0;
        errno = 0;
        fixed (byte* start = data)
        {
            while (written < data.Length)
            {
                long result = Calls.Write(writer, start + written, data.Length - written, offset + written);
                if (result <= 0)
                {
                    errno = written > 0 ? 0 : result == 0 ? Linux.EIO : (int)-result;
                    break;
                }

                written += (int)result;
            }
        }

        return written;
    }

    /// <summary>Brings a file to the disk. What could not be written may be gone from memory too: a new verifier has clients send again
    /// whatever they have not committed.</summary>
    private int Sync(SafeFd file, bool dataOnly)
    {
        int errno = Calls.Sync(file, dataOnly);
        if (errno != 0)
        {
            _writeVerifier = RandomNumberGenerator.GetBytes(Nfs3Constants.NFS3_WRITEVERFSIZE);
        }

        return errno;
    }
}
