using System.Buffers;
using Zones.Interop;
using Zones.Rpc;
using Zones.Rpc.Protocols;
using Zones.Wire;

namespace Zones.Storage.Nfs;

/// <content>READDIR, READDIRPLUS.</content>
internal sealed unsafe partial class Nfs3Service
{
    /// <summary>READDIR3resok and READDIRPLUS3resok without entries: attributes, verifier, end of list, eof.</summary>
    private const int ListingOverhead = 4 + 84 + 8 + 4 + 4;

    /// <summary>An entry without its name: that there is one, fileid, length of the name, cookie.</summary>
    private const int EntryOverhead = 4 + 8 + 4 + 8;

    private const int SmallestEntries = 512, MostEntries = 128 << 10;

    /// <summary>A cookie says where the file system goes on and stays good whatever else changes, so one verifier is good for ever.</summary>
    private const ulong CookieVerifier = 0;

    /// <inheritdoc/>
    public ValueTask<Readdir3Res> ReaddirAsync(Readdir3Args arguments, RpcCall call) => throw new NotSupportedException("listings are streamed: NfsProgram");

    /// <inheritdoc/>
    public ValueTask<Readdirplus3Res> ReaddirplusAsync(Readdirplus3Args arguments, RpcCall call) => throw new NotSupportedException("listings are streamed: NfsProgram");

    /// <summary>READDIR, entry by entry into the reply.</summary>
    public void Readdir(in Readdir3Args arguments, RpcCall call, ref XdrWriter reply) =>
        List(arguments.Dir, arguments.Cookie, arguments.Cookieverf, arguments.Count, arguments.Count, withAttributes: false, call, ref reply);

    /// <summary>READDIRPLUS, entry by entry into the reply.</summary>
    public void Readdirplus(in Readdirplus3Args arguments, RpcCall call, ref XdrWriter reply) =>
        List(arguments.Dir, arguments.Cookie, arguments.Cookieverf, arguments.Dircount, arguments.Maxcount, withAttributes: true, call, ref reply);

    /// <param name="dir">The directory.</param>
    /// <param name="cookie">Where to go on; 0 at the beginning.</param>
    /// <param name="verifier">What came with the cookie.</param>
    /// <param name="names">The most bytes of names, fileids and cookies.</param>
    /// <param name="all">The most bytes altogether.</param>
    /// <param name="withAttributes">READDIRPLUS.</param>
    /// <param name="call">The call.</param>
    /// <param name="reply">Gets the result.</param>
    private void List(NfsFh3 dir, ulong cookie, XdrOpaque verifier, uint names, uint all, bool withAttributes, RpcCall call, ref XdrWriter reply)
    {
        const int readAndSearch = 5;

        int errno = Begin(dir.Data, call, changes: false, out Subject directory);
        using (directory)
        {
            errno = errno != 0 ? errno : CheckCookie(directory, cookie, verifier);
            byte[]? entries = null;
            if (errno == 0)
            {
                ListingCache.Key key = new(directory.Export, directory.Node.KernelHandle, cookie, names, all, withAttributes);
                long changes = directory.Tree.Changes;

                // What is remembered is what those see who may see everything in the directory.
                bool seesAll = Calls.Access(directory.Node.Path, readAndSearch) == 0;
                entries = seesAll ? listings.Find(key, directory.Status.Changed) : null;
                if (entries is null && Waiting.IsForbidden)
                {
                    errno = Waiting.Needed();
                }
                else if (entries is null)
                {
                    entries = Entries(directory, cookie, names, all, withAttributes, out errno);
                    if (entries is not null && seesAll)
                    {
                        listings.Add(key, directory.Status.Changed, changes, entries);
                    }
                }
            }

            reply.WriteInt32((int)NfsStatus.Of(errno));
            Attributes(directory).Encode(ref reply);
            if (entries is not null)
            {
                reply.WriteUInt64(CookieVerifier);
                reply.WriteBytes(entries);
            }
        }
    }

    /// <summary>A part of a listing from the file system: entries, the end of their list, and whether that is the directory's.</summary>
    private static byte[]? Entries(in Subject directory, ulong cookie, uint names, uint all, bool withAttributes, out int errno)
    {
        using SafeFd? open = OpenListing(directory, cookie, out errno);
        if (open is null)
        {
            return null;
        }

        int left = (int)Math.Min(all, MaxTransfer) - ListingOverhead;
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(withAttributes ? all / 5 : all, SmallestEntries, MostEntries));
        try
        {
            long length = Calls.Entries(open, buffer);
            DirectoryEntries entries = new(buffer.AsSpan(0, (int)Math.Max(0, length)));
            bool any = entries.MoveNext();
            errno = length < 0 ? (int)-length : left < 0 || (any && Size(entries, withAttributes) > left) ? Errno.ETOOSMALL : 0;
            if (errno != 0)
            {
                return null;
            }

            ArrayBufferWriter<byte> output = new(Math.Max(64, (int)Math.Min(left, length * 5)));
            XdrWriter writer = new(output);
            long namesLeft = names;
            bool end = length == 0;
            while (any)
            {
                // An entry that is too long for the client's limit of names alone is sent alone.
                int size = Size(entries, withAttributes);
                int nameSize = Padded(entries.Name.Length) + EntryOverhead;
                if (size > left || (namesLeft < nameSize && namesLeft != names))
                {
                    break;
                }

                left -= size;
                namesLeft -= nameSize;
                Write(directory, open, entries, withAttributes, ref writer);
                any = entries.MoveNext();
                if (!any)
                {
                    // With room left the kernel may have more; that there is none it says only when asked. An error is for the call that goes on here.
                    length = Calls.Entries(open, buffer);
                    end = length == 0;
                    entries = new(buffer.AsSpan(0, (int)Math.Max(0, length)));
                    any = entries.MoveNext();
                }
            }

            writer.WriteBoolean(false);
            writer.WriteBoolean(end);
            writer.Flush();
            return output.WrittenSpan.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int CheckCookie(in Subject directory, ulong cookie, XdrOpaque verifier) =>
        !directory.Status.IsDirectory ? Linux.ENOTDIR

        // A client that begins may have anything there.
        : cookie > long.MaxValue || (cookie != 0 && verifier.Span.ContainsAnyExcept((byte)0)) ? Errno.EBADCOOKIE
        : 0;

    private static SafeFd? OpenListing(in Subject directory, ulong cookie, out int errno)
    {
        const int read = 4;
        errno = Calls.Access(directory.Node.Path, read);
        SafeFd? open = errno == 0 ? directory.Node.OpenListing(out errno) : null;
        directory.Caller.Assume();
        if (open is not null && cookie != 0 && Calls.Seek(open, (long)cookie) is < 0 and long result)
        {
            errno = result == -Linux.EINVAL ? Errno.EBADCOOKIE : (int)-result;
            open.Dispose();
            return null;
        }

        return open;
    }

    private static void Write(in Subject directory, SafeFd open, in DirectoryEntries entry, bool withAttributes, ref XdrWriter reply)
    {
        // The way up from an export's top ends there.
        bool isUp = FileName.IsDotDot(entry.Name);
        bool isTop = directory.Status.IsSameFileAs(directory.Tree.RootStatus);
        ulong fileId = isUp && isTop ? directory.Status.Inode : entry.Inode;
        byte[]? handle = null;
        FileStatus status = default;
        if (withAttributes)
        {
            if (FileName.IsDot(entry.Name) || (isUp && isTop))
            {
                handle = directory.Node.Handle;
                status = directory.Status;
            }
            else if (!isUp && directory.Tree.Peek(open, entry.TerminatedName, out byte[] made, out status) == 0)
            {
                // What was put in its place since it was listed has another number.
                handle = made;
                fileId = status.Inode;
            }
        }

        reply.WriteBoolean(true);
        reply.WriteUInt64(fileId);
        reply.WriteOpaque(entry.Name, uint.MaxValue);
        reply.WriteUInt64(entry.Next);
        if (withAttributes)
        {
            reply.WriteBoolean(handle is not null);
            if (handle is not null)
            {
                NfsAttributes.Of(directory.Export, status).Encode(ref reply);
            }

            reply.WriteBoolean(handle is not null);
            if (handle is not null)
            {
                reply.WriteOpaque(handle, Nfs3Constants.NFS3_FHSIZE);
            }
        }
    }

    /// <summary>What an entry takes in the reply, at most.</summary>
    private static int Size(in DirectoryEntries entry, bool withAttributes) =>
        EntryOverhead + Padded(entry.Name.Length) + (withAttributes ? 4 + 84 + 4 + 4 + HandleCodec.MaxLength : 0);

    private static int Padded(int length) => (length + 3) & ~3;
}
