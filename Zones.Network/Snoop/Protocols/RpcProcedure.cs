namespace Zones.Network.Snoop.Protocols;

/// <summary>Which procedure of which program a remote procedure call asks for.</summary>
/// <param name="Program">The program's number.</param>
/// <param name="Version">Its version.</param>
/// <param name="Procedure">The procedure's number.</param>
public readonly record struct RpcProcedure(uint Program, uint Version, uint Procedure)
{
    /// <summary>The program's name, else its number.</summary>
    public string ProgramName => RpcPrograms.Name(Program);

    /// <summary>The procedure's name, else its number.</summary>
    public string ProcedureName => RpcPrograms.Procedure(Program, Version, Procedure);
}
