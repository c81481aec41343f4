using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>rpcbind, versions 3 and 4 (RFC 1833 section 2): up to procedure 8 they are the same, but for the name of procedure 5.</summary>
internal sealed class RpcbindBody(uint version, Rpcb4Procedure procedure, bool isReply, ReadOnlyMemory<byte> data, bool isCut) : RpcBody(isReply, data, isCut)
{
    public override string Protocol => "RPCB";

    public override string Title => "RPC Bind";

    protected override string Head => $"RPCBIND {(IsReply ? "R" : "C")} {Name()}";

    protected override void Read(ref XdrReader reader)
    {
        Found.AddAs("procedure", (ulong)procedure, $"{(uint)procedure} ({Name()})");
        if (IsReply)
        {
            ReadReply(ref reader);
        }
        else
        {
            ReadCall(ref reader);
        }
    }

    private void ReadCall(ref XdrReader reader)
    {
        switch (procedure)
        {
            case Rpcb4Procedure.SET or Rpcb4Procedure.UNSET or Rpcb4Procedure.GETADDR or Rpcb4Procedure.GETVERSADDR or Rpcb4Procedure.GETADDRLIST:
                Rpcb map = Rpcb.Decode(ref reader);
                Say($"prog={map.RProg} ({RpcPrograms.Name(map.RProg)}) vers={map.RVers}{(map.RNetid.IsEmpty ? "" : $" netid={map.RNetid}")}");
                Found.AddRange(Entry(map));
                break;
            case Rpcb4Procedure.BCAST or Rpcb4Procedure.INDIRECT:
                RpcbRmtcallargs call = RpcbRmtcallargs.Decode(ref reader);
                Called(call.Prog, call.Vers, call.Proc);
                break;
            case Rpcb4Procedure.UADDR2TADDR:
                Address(reader.ReadString(uint.MaxValue));
                break;
            case Rpcb4Procedure.TADDR2UADDR:
                Found.Add("transport-address", Hex(Netbuf.Decode(ref reader).Buf));
                break;
        }
    }

    private void ReadReply(ref XdrReader reader)
    {
        switch (procedure)
        {
            case Rpcb4Procedure.SET or Rpcb4Procedure.UNSET:
                bool done = reader.ReadBoolean();
                Say(done ? "OK" : "failed");
                Found.Add("done", done);
                break;
            case Rpcb4Procedure.GETADDR or Rpcb4Procedure.GETVERSADDR or Rpcb4Procedure.TADDR2UADDR:
                Address(reader.ReadString(uint.MaxValue));
                break;
            case Rpcb4Procedure.BCAST or Rpcb4Procedure.INDIRECT:
                Address(RpcbRmtcallres.Decode(ref reader).Addr);
                break;
            case Rpcb4Procedure.DUMP:
                XdrArray<RpList> maps = reader.ReadList<RpList>();
                Say($"{maps.Count} map(s) found");
                Found.Add("maps", [.. maps.Select(one => Entry(one.RpcbMap))]);
                break;
            case Rpcb4Procedure.GETADDRLIST:
                XdrArray<RpcbEntryList> addresses = reader.ReadList<RpcbEntryList>();
                Say($"{addresses.Count} address(es) found");
                Found.Add("addresses", [.. addresses.Select(one => Entry(one.RpcbEntryMap))]);
                break;
            case Rpcb4Procedure.GETTIME:
                uint time = reader.ReadUInt32();
                Say($"time={time}");
                Found.Add("time", (ulong)time);
                break;
            case Rpcb4Procedure.UADDR2TADDR:
                Found.Add("transport-address", Hex(Netbuf.Decode(ref reader).Buf));
                break;
        }
    }

    private void Address(XdrString address)
    {
        Say($"Uaddr={address}");
        Found.Add("universal-address", address.ToString());
    }

    private static FieldList Entry(Rpcb map)
    {
        FieldList fields = [];
        fields.Add("program", map.RProg, $"({RpcPrograms.Name(map.RProg)})");
        fields.Add("version", (ulong)map.RVers);
        fields.Add("netid", map.RNetid.ToString());
        fields.Add("address", map.RAddr.ToString());
        fields.Add("owner", map.ROwner.ToString());
        return fields;
    }

    private static FieldList Entry(RpcbEntry entry)
    {
        FieldList fields = [];
        fields.Add("address", entry.RMaddr.ToString());
        fields.Add("netid", entry.RNcNetid.ToString());
        fields.Add("protocol", entry.RNcProto.ToString());
        return fields;
    }

    private string Name() => RpcPrograms.Procedure(RpcPrograms.Rpcbind, version, (uint)procedure);
}
