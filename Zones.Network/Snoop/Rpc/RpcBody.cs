using System.Globalization;
using System.Text;
using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>The arguments or results of a call: one reading makes both the line and the fields.</summary>
/// <param name="isReply">Whether they are results.</param>
/// <param name="data">They in XDR.</param>
/// <param name="isCut">Whether their end is missing.</param>
internal abstract class RpcBody(bool isReply, ReadOnlyMemory<byte> data, bool isCut) : Layer
{
    private StringBuilder? _line;
    private FieldList? _read;

    protected bool IsReply => isReply;

    /// <summary>Of a call of a program that is taken apart; null for others.</summary>
    public static RpcBody? Of(in RpcProcedure call, bool isReply, ReadOnlyMemory<byte> data, bool isCut) => (call.Program, call.Version) switch
    {
        (RpcPrograms.Nfs, 3) => new NfsBody((Nfs3Procedure)call.Procedure, isReply, data, isCut),
        (RpcPrograms.Mount, 3) => new MountBody((Mount3Procedure)call.Procedure, isReply, data, isCut),
        (RpcPrograms.Rpcbind, 2) => new PortmapBody((Pmap2Procedure)call.Procedure, isReply, data, isCut),
        (RpcPrograms.Rpcbind, 3 or 4) => new RpcbindBody(call.Version, (Rpcb4Procedure)call.Procedure, isReply, data, isCut),
        _ => null,
    };

    /// <summary>How the line begins: <c>NFS C LOOKUP3</c>.</summary>
    protected abstract string Head { get; }

    /// <summary>Reads it all.</summary>
    protected abstract void Read(ref XdrReader reader);

    /// <summary>Adds a word to the line.</summary>
    protected void Say(string word) => _line!.Append(' ').Append(word);

    /// <summary>The fields.</summary>
    protected FieldList Found => _read!;

    /// <summary>Says which procedure rpcbind is asked to call.</summary>
    protected void Called(uint program, uint version, uint procedure)
    {
        Say($"prog={program} ({RpcPrograms.Name(program)}) vers={version} proc={procedure}");
        Found.Add("program", program, $"({RpcPrograms.Name(program)})");
        Found.Add("version", (ulong)version);
        Found.Add("called-procedure", (ulong)procedure);
    }

    protected sealed override string Summarize()
    {
        Read();
        return Head + _line + (Error is null ? "" : $" ({Error})");
    }

    protected sealed override void Describe(FieldList fields)
    {
        Read();
        fields.AddRange(_read!);
    }

    /// <summary>Bytes as hexadecimal digits.</summary>
    protected static string Hex(XdrOpaque bytes) => Convert.ToHexStringLower(bytes.Span);

    /// <summary>A number as a line has it.</summary>
    protected static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private void Read()
    {
        if (_read is not null)
        {
            return;
        }

        _line = new StringBuilder();
        _read = [];
        XdrReader reader = new(data);
        try
        {
            Read(ref reader);
        }
        catch (XdrException)
        {
            // What was read up to here is shown.
            Error = isCut ? "cut short" : "malformed";
        }
    }
}
