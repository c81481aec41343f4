using System.Net;
using Zones.Rpc.Messages;
using Zones.Rpc.Transport;

namespace Zones.Rpc;

/// <summary>A call that a server is answering. It is used again for another call when the server's task has ended.</summary>
public sealed class RpcCall
{
    private bool _writing;

    internal RpcCall()
    {
    }

    /// <summary>The client's number of the call; the same when the client sends the call again.</summary>
    public uint Xid { get; private set; }

    /// <summary>The program called.</summary>
    public uint Program { get; private set; }

    /// <summary>The version of the program.</summary>
    public uint Version { get; private set; }

    /// <summary>The procedure of the version.</summary>
    public uint Procedure { get; private set; }

    /// <summary>The kind of credentials: AUTH_NONE or AUTH_SYS.</summary>
    public RpcAuthFlavor Flavor { get; private set; }

    /// <summary>Who the client says the caller is; null with AUTH_NONE. Stays good after the call.</summary>
    public AuthSys? Credentials { get; private set; }

    /// <summary>The other end of the connection.</summary>
    public IPEndPoint Client { get; private set; } = null!;

    /// <summary>Cancelled when the connection ends or the server is stopped without waiting.</summary>
    public CancellationToken Aborted { get; private set; }

    /// <summary>The arguments as they came, good until the server's task ends.</summary>
    public ReadOnlyMemory<byte> Arguments { get; private set; }

    internal RecordBuffer Buffer { get; private set; } = new();

    internal ReceiveBlock Block { get; private set; } = null!;

    internal int RequestSize { get; private set; }

    internal long Began { get; set; }

    internal bool IsReplied { get; private set; }

    internal bool IsDropped { get; private set; }

    internal Exception? Error { get; set; }

    /// <summary>Answers with what is written to the writer that this gives, which no copy is made of: place that it gives can be read
    /// into from a file. <see cref="EndReply"/> ends it, and what the server's method returns is then not looked at.</summary>
    /// <returns>Stands where the result begins.</returns>
    public XdrWriter BeginReply()
    {
        _writing = true;
        IsReplied = false;
        Buffer.Truncate(0);
        Buffer.BeginRecord();
        XdrWriter writer = new(Buffer);
        RpcMessage.WriteAccepted(ref writer, Xid, RpcAcceptStatus.SUCCESS);
        return writer;
    }

    /// <summary>Ends what <see cref="BeginReply"/> began.</summary>
    /// <param name="writer">The same.</param>
    public void EndReply(ref XdrWriter writer)
    {
        if (!_writing)
        {
            throw new InvalidOperationException("EndReply without BeginReply");
        }

        writer.Flush();
        Buffer.EndRecord(0);
        _writing = false;
        IsReplied = true;
    }

    /// <summary>The result that was answered with, in XDR; empty before there is one. Good until the server's task ends.</summary>
    public ReadOnlySpan<byte> Result => IsReplied ? Buffer.Memory.Span[(sizeof(uint) + RpcMessage.AcceptedSize)..] : default;

    /// <summary>Gives no answer: the client will ask again, such as for a call that is still being answered.</summary>
    public void Drop() => IsDropped = true;

    /// <summary>Reads the arguments, to their last byte.</summary>
    /// <param name="arguments">Opaque data and strings in them are good until the server's task ends.</param>
    /// <typeparam name="T">What the procedure takes.</typeparam>
    /// <returns>False when they are no such value.</returns>
    public bool TryDecode<T>(out T arguments)
        where T : IXdr<T>
    {
        XdrReader reader = new(Arguments);
        try
        {
            arguments = T.Decode(ref reader);
            return reader.Remaining == 0;
        }
        catch (XdrException error)
        {
            Error = error;
            arguments = default!;
            return false;
        }
    }

    /// <summary>Whether there is nothing where nothing is expected; what rpcgen.net writes asks it for procedures of <c>void</c>.</summary>
    public bool HasNoArguments() => Arguments.IsEmpty;

    internal void Begin(ReceiveBlock block, int requestSize, uint xid, IPEndPoint client, CancellationToken aborted)
    {
        block.Hold();
        Block = block;
        RequestSize = requestSize;
        Xid = xid;
        Client = client;
        Aborted = aborted;
    }

    internal void Target(uint program, uint version, uint procedure)
    {
        Program = program;
        Version = version;
        Procedure = procedure;
    }

    internal void Authenticated(RpcAuthFlavor flavor, AuthSys? credentials, ReadOnlyMemory<byte> arguments)
    {
        Flavor = flavor;
        Credentials = credentials;
        Arguments = arguments;
    }

    /// <summary>Takes the reply away, so that it can be sent while the call is used again.</summary>
    internal RecordBuffer TakeBuffer()
    {
        RecordBuffer taken = Buffer;
        Buffer = new RecordBuffer();
        return taken;
    }

    internal void Reset()
    {
        Block.Release();
        Block = null!;
        Arguments = default;
        Credentials = null;
        Aborted = default;
        Error = null;
        IsReplied = false;
        IsDropped = false;
        _writing = false;
        Buffer.Truncate(0);
        Target(0, 0, 0);
    }
}
