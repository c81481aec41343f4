using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;
using Zones.Rpc;
using OncRpc = Zones.Rpc.Messages.RpcMessage;

namespace Zones.Network.Snoop.Rpc;

/// <summary>The head of a call (call_body, RFC 5531 section 9).</summary>
internal sealed class RpcCallLayer : Layer
{
    private readonly uint _xid;
    private readonly RpcProcedure _call;
    private readonly long? _earlier;
    private readonly int _flavor;
    private readonly XdrOpaque _credentials;
    private readonly int _verifierFlavor;
    private readonly int _verifierLength;

    /// <summary>Reads the rest of a head.</summary>
    /// <param name="record">The message.</param>
    /// <param name="xid">Its transaction id.</param>
    /// <param name="call">What it asks for.</param>
    /// <param name="earlier">The number of the packet that it repeats; null when it is new.</param>
    /// <param name="reader">Stands at the credentials, and behind the head afterwards.</param>
    /// <exception cref="XdrException">It is cut short or malformed.</exception>
    public RpcCallLayer(ReadOnlyMemory<byte> record, uint xid, RpcProcedure call, long? earlier, ref XdrReader reader)
    {
        _xid = xid;
        _call = call;
        _earlier = earlier;
        _flavor = reader.ReadInt32();
        _credentials = reader.ReadOpaque(OncRpc.MaxAuthBody);
        _verifierFlavor = reader.ReadInt32();
        _verifierLength = reader.ReadOpaque(OncRpc.MaxAuthBody).Length;
        Length = record.Length - reader.Remaining;
    }

    public override string Protocol => "RPC";

    public override string Title => "SUN RPC Header";

    /// <summary>Bytes of the head.</summary>
    public int Length { get; }

    protected override string Summarize() => $"RPC C XID={_xid} PROG={_call.Program} ({_call.ProgramName}) VERS={_call.Version} PROC={_call.Procedure}";

    protected override void Describe(FieldList fields)
    {
        fields.Add("transaction-id", (ulong)_xid);
        fields.AddAs("type", OncRpc.Call, "0 (Call)");
        if (_earlier is { } number)
        {
            fields.Add(new Field("retransmission-of", number, $"packet {number}"));
        }

        fields.Add(new Field("rpc-version", (ulong)OncRpc.RpcVersion, "2") { Label = "RPC version" });
        fields.AddAs("program", _call.Program, $"{_call.Program} ({_call.ProgramName})");
        fields.Add("version", (ulong)_call.Version);
        fields.AddAs("procedure", _call.Procedure, $"{_call.Procedure}{(char.IsAsciiDigit(_call.ProcedureName[0]) ? "" : $" ({_call.ProcedureName})")}");
        fields.AddAs("credentials-flavor", (ulong)_flavor, $"{_flavor} ({Flavor(_flavor)}), len = {_credentials.Length} bytes");
        if (_flavor == (int)RpcAuthFlavor.AUTH_SYS)
        {
            XdrReader reader = new(_credentials.Memory);
            AuthSys caller = AuthSys.Decode(ref reader);
            fields.Add("hostname", caller.MachineName.ToString());
            fields.Add("uid", (ulong)caller.Uid);
            fields.Add("gid", (ulong)caller.Gid);
            fields.Add("groups", string.Join(' ', caller.Gids.ToArray()));
        }

        fields.AddAs("verifier-flavor", (ulong)_verifierFlavor, $"{_verifierFlavor} ({Flavor(_verifierFlavor)}), len = {_verifierLength} bytes");
    }

    private static string Flavor(int flavor) => (RpcAuthFlavor)flavor switch
    {
        RpcAuthFlavor.AUTH_NONE => "None",
        RpcAuthFlavor.AUTH_SYS => "Unix",
        RpcAuthFlavor.AUTH_SHORT => "Short",
        RpcAuthFlavor.AUTH_DH => "DES",
        RpcAuthFlavor.RPCSEC_GSS => "RPCSEC_GSS",
        _ => "?",
    };
}
