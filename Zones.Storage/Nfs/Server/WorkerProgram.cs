using Zones.Rpc;

namespace Zones.Storage.Nfs;

/// <summary>A program whose calls all run on workers.</summary>
internal sealed class WorkerProgram(RpcProgram program, WorkerPool workers) : RpcProgram(program.Program, program.Version)
{
    /// <inheritdoc/>
    public override string? NameOf(uint procedure) => program.NameOf(procedure);

    /// <inheritdoc/>
    public override ValueTask<RpcAcceptStatus> InvokeAsync(RpcCall call) => new(workers.RunAsync(call, () => program.InvokeAsync(call).GetAwaiter().GetResult()));
}
