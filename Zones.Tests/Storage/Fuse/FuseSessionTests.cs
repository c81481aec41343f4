using System.Diagnostics;
using Zones.Interop;
using Zones.Specs;
using Zones.Storage.Mounts;
using Zones.Wire;
using Zones.Tests.Support;

namespace Zones.Tests.Storage.Fuse;

public class FuseSessionTests
{
    [Fact]
    public async Task A_tree_looks_the_same_through_the_mount()
    {
        using TemporaryDirectory directory = new();
        Directory.CreateDirectory(directory.Path + "/a/b");
        File.WriteAllText(directory.Path + "/a/text", "some words\n");
        File.WriteAllBytes(directory.Path + "/a/b/large", RandomBytes(3_000_001));
        File.CreateSymbolicLink(directory.Path + "/a/link", "b/large");
        File.SetUnixFileMode(directory.Path + "/a/text", (UnixFileMode)0x1A0);
        using LocalMount mount = new(directory.Path);

        string listing = "find . -printf '%p %y %m %s %n %U %G %T@ %l\\n' | sort; find . -type f | sort | xargs sha256sum";
        Assert.Equal(await Shell(directory.Path, listing), await Shell(mount.Path, listing));
    }

    [Fact]
    public async Task A_directory_of_many_pages_is_listed_once_each()
    {
        using TemporaryDirectory directory = new();
        for (int i = 0; i < 5000; i++)
        {
            File.WriteAllText($"{directory.Path}/file-{i}", "");
        }

        using LocalMount mount = new(directory.Path);
        Assert.Equal(await Shell(directory.Path, "ls -f1 | sort"), await Shell(mount.Path, "ls -f1 | sort"));
        Assert.Equal("5000\n", await Shell(mount.Path, "ls -l | grep -c file-"));
    }

    [Fact]
    public async Task The_end_of_a_directory_is_not_asked_for_by_itself()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory.Path + "/text", "words");
        using LocalMount mount = new(directory.Path);
        await Shell(mount.Path, "stat .");
        int calls = mount.Tree.Calls;
        Assert.Equal(".\n..\ntext\n", await Shell(mount.Path, "ls -f1"));
        Assert.Equal(calls + 1, mount.Tree.Calls);
    }

    [Fact]
    public async Task A_program_is_executed_from_the_mount()
    {
        using TemporaryDirectory directory = new();
        File.Copy("/bin/echo", directory.Path + "/echo");
        using LocalMount mount = new(directory.Path);
        Assert.Equal("from the mount\n", await Shell(mount.Path, "./echo from the mount"));
    }

    [Fact]
    public async Task What_was_read_is_not_asked_for_again()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory.Path + "/text", "words");
        using LocalMount mount = new(directory.Path);
        await Shell(mount.Path, "cat text; ls; test -e nothing; true");
        int calls = mount.Tree.Calls;
        Assert.Equal("words", await Shell(mount.Path, "cat text; test -e nothing; true"));
        Assert.Equal(calls, mount.Tree.Calls);
    }

    [Fact]
    public async Task Nothing_can_be_written()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory.Path + "/text", "words");
        using LocalMount mount = new(directory.Path);
        Assert.Contains("Read-only file system", await Shell(mount.Path, "(echo x > text; touch new; rm text; mkdir d) 2>&1; true"));
        Assert.Equal("words", File.ReadAllText(directory.Path + "/text"));
    }

    [Fact]
    public async Task A_process_that_waits_for_the_other_side_can_be_killed()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory.Path + "/text", "words");
        using LocalMount mount = new(directory.Path);
        await Shell(mount.Path, "ls");
        mount.Tree.Answering = new();
        int before = mount.Tree.Calls;
        using Process reader = Process.Start(new ProcessStartInfo("/bin/cat", [mount.Path + "/nowhere"]) { RedirectStandardError = true })!;
        await Eventually.TrueAsync(() => mount.Tree.Calls > before);
        reader.Kill();
        await reader.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        mount.Tree.Answering.SetResult();
    }

    [Fact]
    public async Task A_signal_that_a_process_handles_does_not_fail_its_call()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory.Path + "/text", "words");
        using LocalMount mount = new(directory.Path);
        mount.Tree.Answering = new();
        int before = mount.Tree.Calls;
        using Process reader = Process.Start(new ProcessStartInfo("/usr/bin/perl", ["-e", "$SIG{USR1} = sub {}; open(F, $ARGV[0]) or die \"$!\"; print <F>", mount.Path + "/text"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await Eventually.TrueAsync(() => mount.Tree.Calls > before);
        await Shell("/", $"kill -USR1 {reader.Id}");
        await Task.Delay(500);
        mount.Tree.Answering.SetResult();
        Assert.Equal("words", await reader.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("", await reader.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task Another_server_answers_what_the_first_one_left()
    {
        using TemporaryDirectory directory = new();
        Directory.CreateDirectory(directory.Path + "/d");
        File.WriteAllText(directory.Path + "/d/text", "words");
        using LocalMount mount = new(directory.Path);
        await Shell(mount.Path, "ls -l d");

        // The first server reads a request and never answers it, as one that was killed.
        TaskCompletionSource never = new();
        mount.Tree.Answering = never;
        int before = mount.Tree.Calls;
        Task<string> reading = Shell(mount.Path, "cat d/text");
        await Eventually.TrueAsync(() => mount.Tree.Calls > before);
        mount.Tree.Answering = LocalTree.Done();
        mount.Serve();
        Assert.Equal("words", await reading.WaitAsync(TimeSpan.FromSeconds(20)));
        never.SetResult();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_detached_copy_of_a_part_is_made_on_every_kernel(bool before615)
    {
        using TemporaryDirectory directory = new();
        Directory.CreateDirectory(directory.Path + "/part");
        File.WriteAllText(directory.Path + "/part/text", "words");
        File.CreateSymbolicLink(directory.Path + "/out", "/");
        using LocalMount mount = new(directory.Path);
        MountRow row = new(NfsWay.Fuse, NfsAddress.Parse("nfs://server/export", out _)!);
        using MountedTree tree = new(mount.Copy(), row) { InNamespace = before615 };
        using SafeFd part = tree.Clone("/part");
        Assert.Equal("words", await Shell($"/proc/{Environment.ProcessId}/fd/{part.Number}", "cat text"));

        // A link does not lead out of the tree: / is the tree's own.
        using SafeFd whole = tree.Clone("/out");
        Assert.Equal("out\npart\n", await Shell($"/proc/{Environment.ProcessId}/fd/{whole.Number}", "ls"));
        ZoneResourceException missing = Assert.Throws<ZoneResourceException>(() => tree.Clone("/nowhere"));
        Assert.Contains("ENOENT", missing.Message);
    }

    [Fact]
    public void Where_no_copy_can_be_made_the_caller_is_told()
    {
        using TemporaryDirectory directory = new();
        using LocalMount mount = new(directory.Path);
        MountRow row = new(NfsWay.Fuse, NfsAddress.Parse("nfs://server/export", out _)!);
        using HeldMount held = mount.Copy();
        using MountedTree tree = new(new HeldMount(held.Mount, Kernel.Open("/dev/null", Linux.O_RDWR, out _), null), row) { InNamespace = true };
        Assert.Contains("cannot make a FUSE mount", Assert.Throws<ZoneResourceException>(() => tree.Clone("/")).Message);
    }

    private static async Task<string> Shell(string directory, string command)
    {
        // The shell itself goes there, not this process: no thread of the test may wait for the test.
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"cd {directory} && {command}"]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync();
        return output;
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
