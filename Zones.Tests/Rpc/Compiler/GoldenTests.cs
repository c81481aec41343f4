using Zones.Rpcgen.Emit;

namespace Zones.Tests.Rpc.Compiler;

/// <summary>What the compiler writes, held against what is committed. The golden files are compiled into the tests, which use them.</summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("constructs.x")]
    [InlineData("more.x")]
    public void Every_construct_becomes_the_golden_file(string input) =>
        AssertSame(Path.Combine(RpcSources.Golden, input), RpcSources.Golden, "Zones.Tests.Rpc.Golden");

    [Theory]
    [InlineData("nfs3.x")]
    [InlineData("mount3.x")]
    [InlineData("rpcbind.x")]
    public void The_committed_protocols_have_not_drifted(string input) =>
        AssertSame(Path.Combine(RpcSources.Protocols, input), RpcSources.Generated, "Zones.Rpc.Protocols");

    private static void AssertSame(string input, string output, string space) => Assert.Equal(
        File.ReadAllText(Path.Combine(output, FileEmitter.OutputName(input))),
        FileEmitter.Emit(RpcSources.Read(input), Path.GetFileName(input), space));
}
