using System.Buffers.Binary;
using System.Diagnostics;
using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Syntax;

namespace Zones.Tests.Rpc.Oracle;

/// <summary>A C program made from a protocol by Debian's rpcgen and gcc, which says what libtirpc makes of bytes.</summary>
internal sealed class RpcgenOracle : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zones-rpcgen-");
    private readonly List<string> _types;
    private readonly Process _process;

    public RpcgenOracle(string protocol, bool canMakeItsOwn)
    {
        try
        {
            _types = Build(protocol, canMakeItsOwn);
        }
        catch
        {
            _directory.Delete(recursive: true);
            throw;
        }

        _process = Process.Start(new ProcessStartInfo(Path.Combine(_directory.FullName, "oracle")) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>The types that it knows.</summary>
    public IReadOnlyList<string> Types => _types;

    /// <summary>What C writes of what it has read; null when it does not take the bytes.</summary>
    public byte[]? Recode(string type, byte[] bytes)
    {
        byte[] head = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(head, _types.IndexOf(type));
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), bytes.Length);
        Stream input = _process.StandardInput.BaseStream;
        input.Write([.. head, .. bytes]);
        input.Flush();
        byte[] length = new byte[4];
        _process.StandardOutput.BaseStream.ReadExactly(length);
        if (BinaryPrimitives.ReadUInt32BigEndian(length) == uint.MaxValue)
        {
            return null;
        }

        byte[] answer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        _process.StandardOutput.BaseStream.ReadExactly(answer);
        return answer;
    }

    /// <summary>The XDR of the value that the C program has in its source.</summary>
    public byte[] Sample()
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(_directory.FullName, "oracle"), "sample") { RedirectStandardOutput = true })!;
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private List<string> Build(string protocol, bool canMakeItsOwn)
    {
        string stem = Path.GetFileNameWithoutExtension(protocol);
        File.Copy(protocol, Path.Combine(_directory.FullName, stem + ".x"));
        Run("rpcgen", "-h", "-o", stem + ".h", stem + ".x");
        Run("rpcgen", "-c", "-o", stem + "_xdr.c", stem + ".x");

        // rpcgen's list elements hold the pointer to the next one: such a type alone is another than ours, which is used in lists.
        Protocol checkedProtocol = RpcSources.Read(protocol);
        List<string> types = [.. checkedProtocol.Definitions.Where(definition => definition is StructDefinition or UnionDefinition && !checkedProtocol.IsList(definition)).Select(definition => definition.Name)];
        string table = string.Concat(types.Select(type => $"    {{ (bool_t (*)(XDR *, void *))xdr_{type}, sizeof({type}) }},\n"));
        File.WriteAllText(Path.Combine(_directory.FullName, "types.h"), $"#include \"{stem}.h\"\nstatic struct {{ bool_t (*code)(XDR *, void *); size_t size; }} types[] = {{\n{table}}};\n");
        string main = File.ReadAllText(Path.Combine(RpcSources.Golden, "..", "Oracle", "oracle.c"));
        File.WriteAllText(Path.Combine(_directory.FullName, "oracle.c"), canMakeItsOwn ? main : WithoutSample(main));
        Run("gcc", "-O1", "-w", "-I/usr/include/tirpc", "-o", "oracle", "oracle.c", stem + "_xdr.c", "-ltirpc");
        return types;
    }

    private static string WithoutSample(string main)
    {
        int start = main.IndexOf("static void sample(void)\n{", StringComparison.Ordinal);
        int end = main.IndexOf("\n}\n", start, StringComparison.Ordinal);
        return main[..start] + "static void sample(void)\n{" + main[end..];
    }

    private void Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = _directory.FullName, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error}");
    }
}
