using Zones.Network.Protocols;
using Zones.Network.Snoop.Layers;
using Zones.Network.Snoop.Protocols;
using Zones.Rpc;
using Zones.Rpc.Protocols;

namespace Zones.Network.Snoop.Rpc;

/// <summary>The port mapper (RFC 1833 section 3).</summary>
internal sealed class PortmapBody(Pmap2Procedure procedure, bool isReply, ReadOnlyMemory<byte> data, bool isCut) : RpcBody(isReply, data, isCut)
{
    public override string Protocol => "PMAP";

    public override string Title => "Portmapper";

    protected override string Head => $"PORTMAP {(IsReply ? "R" : "C")} {(procedure <= Pmap2Procedure.CALLIT ? procedure.ToString() : $"procedure {(uint)procedure}")}";

    protected override void Read(ref XdrReader reader)
    {
        Found.AddAs("procedure", (ulong)procedure, $"{(uint)procedure} ({procedure})");
        switch (procedure)
        {
            case Pmap2Procedure.SET or Pmap2Procedure.UNSET or Pmap2Procedure.GETPORT when !IsReply:
                Mapping map = Mapping.Decode(ref reader);
                Say($"prog={map.Prog} ({RpcPrograms.Name(map.Prog)}) vers={map.Vers} proto={Protocols(map.Prot)}{(procedure == Pmap2Procedure.SET ? $" port={map.Port}" : "")}");
                Found.AddRange(Entry(map));
                break;
            case Pmap2Procedure.GETPORT:
                uint port = reader.ReadUInt32();
                Say($"port={port}");
                Found.Add("port", (ulong)port);
                break;
            case Pmap2Procedure.SET or Pmap2Procedure.UNSET:
                bool done = reader.ReadBoolean();
                Say(done ? "OK" : "failed");
                Found.Add("done", done);
                break;
            case Pmap2Procedure.DUMP when IsReply:
                XdrArray<Pmaplist> maps = reader.ReadList<Pmaplist>();
                Say($"{maps.Count} map(s) found");
                Found.Add("maps", [.. maps.Select(one => Entry(one.Map))]);
                break;
            case Pmap2Procedure.CALLIT when !IsReply:
                CallArgs call = CallArgs.Decode(ref reader);
                Called(call.Prog, call.Vers, call.Proc);
                break;
            case Pmap2Procedure.CALLIT:
                uint at = reader.ReadUInt32();
                Say($"port={at}");
                Found.Add("port", (ulong)at);
                break;
        }
    }

    private static string Protocols(uint number) => number <= byte.MaxValue ? IpProtocols.Name((byte)number) : Number(number);

    private static FieldList Entry(Mapping map)
    {
        FieldList fields = [];
        fields.Add("program", map.Prog, $"({RpcPrograms.Name(map.Prog)})");
        fields.Add("version", (ulong)map.Vers);
        fields.Add("protocol", map.Prot, $"({Protocols(map.Prot)})");
        fields.Add("port", (ulong)map.Port);
        return fields;
    }
}
