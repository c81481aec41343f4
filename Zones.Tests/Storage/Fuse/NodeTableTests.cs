using Zones.Interop;
using Zones.Storage.Fuse;

namespace Zones.Tests.Storage.Fuse;

public class NodeTableTests
{
    [Fact]
    public void A_handle_has_one_node_as_long_as_the_kernel_refers_to_it()
    {
        using SafeFd memory = NodeTable.Create("test");
        using NodeTable nodes = NodeTable.Open(memory.Number);
        Assert.Equal(NodeTable.Root, nodes.Reference("root"u8));
        ulong file = nodes.Reference("file"u8);
        Assert.Equal(file, nodes.Reference("file"u8));
        nodes.Forget(file, 1);
        Assert.Equal("file"u8.ToArray(), nodes.Handle(file));
        nodes.Forget(file, 1);
        Assert.Null(nodes.Handle(file));
        Assert.Equal(file, nodes.Reference("another"u8));
    }

    [Fact]
    public void The_root_is_never_forgotten_and_what_is_not_known_is_ignored()
    {
        using SafeFd memory = NodeTable.Create("test");
        using NodeTable nodes = NodeTable.Open(memory.Number);
        nodes.Reference("root"u8);
        nodes.Forget(NodeTable.Root, 100);
        nodes.Forget(5, 1);
        nodes.Forget(0, 1);
        Assert.Equal("root"u8.ToArray(), nodes.Handle(NodeTable.Root));
        Assert.Null(nodes.Handle(0));
        Assert.Null(nodes.Handle(2));
    }

    [Fact]
    public void Another_process_finds_every_node_again()
    {
        using SafeFd memory = NodeTable.Create("test");
        Dictionary<ulong, byte[]> known = [];
        using (NodeTable first = NodeTable.Open(memory.Number))
        {
            first.Reference("root"u8);
            for (int i = 0; i < 200_000; i++)
            {
                byte[] handle = Handle(i);
                known[first.Reference(handle)] = handle;
            }

            foreach (ulong node in known.Keys.Where(node => node % 3 == 0).ToArray())
            {
                first.Forget(node, 1);
                known.Remove(node);
            }

            first.SetVerifier(NodeTable.Root, 77);
        }

        using NodeTable second = NodeTable.Open(memory.Number);
        Assert.Equal((uint)known.Count + 1, second.Count);
        Assert.Equal(77ul, second.Verifier(NodeTable.Root));
        foreach ((ulong node, byte[] handle) in known)
        {
            Assert.Equal(handle, second.Handle(node));
            Assert.Equal(node, second.Reference(handle));
        }

        // What was free is used again before the table grows.
        for (int i = 200_000; i < 250_000; i++)
        {
            Assert.True(second.Reference(Handle(i)) <= 200_001);
        }
    }

    [Fact]
    public void The_header_is_kept_beside_the_nodes()
    {
        using SafeFd memory = NodeTable.Create("test");
        using (NodeTable first = NodeTable.Open(memory.Number))
        {
            "words"u8.CopyTo(first.Header);
            first.Reference("root"u8);
        }

        using NodeTable second = NodeTable.Open(memory.Number);
        Assert.Equal("words"u8.ToArray(), second.Header[..5].ToArray());
    }

    /// <summary>Of different lengths, up to the protocol's 64 bytes.</summary>
    private static byte[] Handle(int number)
    {
        byte[] handle = new byte[4 + (number % 61)];
        BitConverter.GetBytes(number).CopyTo(handle, 0);
        return handle;
    }
}
