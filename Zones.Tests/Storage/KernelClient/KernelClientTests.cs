using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Zones.Roots;
using Zones.Storage.Nfs;
using Zones.Tests.Guest;

namespace Zones.Tests.Storage.KernelClient;

/// <summary>Linux's own NFS client, in a guest because hosts that run tests may have none: one boot, and each check of its script a test.</summary>
public sealed class KernelClientTests(KernelClientTests.Machine machine) : IClassFixture<KernelClientTests.Machine>
{
    private static readonly string s_script = Path.Combine(Repository.Root, "Zones.Tests/Storage/KernelClient/kernel-client.sh");

    public static TheoryData<string> Checks => [.. File.ReadLines(s_script)
        .Where(line => line.StartsWith("check '", StringComparison.Ordinal)).Select(line => "ok " + line.Split('\'')[1]).Append("the end")];

    [Theory]
    [MemberData(nameof(Checks))]
    public void The_kernels_client(string said) => machine.AssertSaid(said);

    [Fact]
    public void Every_byte_of_the_tree_is_the_same() => machine.AssertSaid("sums " + machine.Sums);

    [Fact]
    public void A_long_listing_of_the_whole_tree_is_the_same() => machine.AssertSaid("listing " + machine.Listing);

    [Fact]
    public void A_file_that_was_being_read_while_the_server_was_restarted_is_whole() => machine.AssertSaid("big " + machine.Big);

    /// <summary>The guest, and the server on the host that it mounts from.</summary>
    public sealed class Machine : IAsyncLifetime
    {
        private IReadOnlyList<string> _console = [];

        /// <summary>What md5sum says on the host.</summary>
        public string Sums { get; private set; } = "";

        /// <summary>What md5sum says of the listing on the host.</summary>
        public string Listing { get; private set; } = "";

        /// <summary>What md5sum says of the large file on the host.</summary>
        public string Big { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            GuestImage image = GuestImage.Get();
            string directory = Directory.CreateTempSubdirectory("zones-kernel-client-").FullName;
            try
            {
                string root = Directory.CreateDirectory(Path.Combine(directory, "root")).FullName;
                string work = Directory.CreateDirectory(Path.Combine(directory, "work")).FullName;
                Fill(root);
                Sums = Shell(root, "find . -path ./many -prune -o -type f -exec md5sum {} + | LC_ALL=C sort | md5sum");
                Listing = Shell(root, "busybox ls -lnR | md5sum");
                Big = Shell(root, "md5sum <big");
                NfsServerOptions options = new()
                {
                    KeyFile = Path.Combine(directory, "key"),
                    Exports = [new("root", root) { Squash = NfsSquash.None }, new("work", work) { ReadWrite = true, Squash = NfsSquash.None }],
                };
                NfsServer server = NfsServer.Start(options);
                options.EndPoint = server.EndPoint;
                TaskCompletionSource restart = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Task restarted = RestartAsync();
                string initrd = InitialRoot(image, directory, server.EndPoint.Port);
                _console = await VirtualMachine.RunAsync(image, initrd, 512, VirtualMachine.Network, line =>
                {
                    if (line == "restart now")
                    {
                        restart.TrySetResult();
                    }
                });
                restart.TrySetResult();
                await restarted;
                await server.DisposeAsync();

                async Task RestartAsync()
                {
                    await restart.Task;
                    await Task.Delay(500);
                    await server.DisposeAsync();
                    await Task.Delay(500);
                    server = NfsServer.Start(options);
                }
            }
            finally
            {
                TreeRemover.Remove(directory);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void AssertSaid(string line) => Assert.True(_console.Contains(line), $"{line}; the guest's console:\n{string.Join('\n', _console)}");

        private static void Fill(string root)
        {
            File.WriteAllBytes(Path.Combine(root, "big"), RandomNumberGenerator.GetBytes(48 << 20));
            File.Copy("/bin/busybox", Path.Combine(root, "busybox"));
            Shell(root, "cp -a /etc/alternatives . && mkdir -p deep/er/est && ln -s ../big deep/link && ln big deep/er/hard && mkfifo pipe && mknod zero c 1 5 && : > 'a name' && chmod 4755 'a name' && chown 7:8 'a name'");
            string many = Directory.CreateDirectory(Path.Combine(root, "many")).FullName;
            for (int i = 0; i < 100_000; i++)
            {
                using (File.OpenHandle(Path.Combine(many, i.ToString(CultureInfo.InvariantCulture)), FileMode.CreateNew, FileAccess.Write))
                {
                }
            }
        }

        private static string InitialRoot(GuestImage image, string directory, int port)
        {
            string tree = Path.Combine(directory, "tree");
            foreach (string name in (string[])["bin", "dev", "proc", "sys", "ro", "rw", "second", "tmp"])
            {
                Directory.CreateDirectory(Path.Combine(tree, name));
            }

            File.Copy("/bin/busybox", Path.Combine(tree, "bin/busybox"));
            image.CopyNfsClient(Path.Combine(tree, "modules"));
            File.Copy(s_script, Path.Combine(tree, "script"));
            File.WriteAllText(Path.Combine(tree, "init"), $"""
                #!/bin/busybox sh
                /bin/busybox mount -t devtmpfs dev /dev
                exec </dev/console >/dev/console 2>&1
                /bin/busybox mount -t proc proc /proc
                /bin/busybox mount -t sysfs sysfs /sys
                /bin/busybox --install -s /bin
                port={port} exec /bin/sh /script

                """);
            File.SetUnixFileMode(Path.Combine(tree, "init"), (UnixFileMode)0x1ED /* 0755 */);
            string initrd = Path.Combine(directory, "initrd");
            Shell(tree, $"find . | cpio --quiet -o -H newc > {initrd}");
            return initrd;
        }

        private static string Shell(string directory, string command)
        {
            using Process process = Process.Start(new ProcessStartInfo("sh", ["-ec", command]) { RedirectStandardOutput = true, WorkingDirectory = directory })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.Trim();
        }
    }
}
