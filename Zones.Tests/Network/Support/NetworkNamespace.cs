using System.Diagnostics;
using Zones.Interop;
using Zones.Network.Netlink;
using Zones.Wire;

namespace Zones.Tests.Network.Support;

/// <summary>A network namespace of a test's own, with lo up and nothing else; the host's is never touched. It, and every link in it, goes
/// when the last descriptor and process in it are gone.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    public NetworkNamespace()
    {
        Descriptor = Make();
        Run("ip", "link", "set", "lo", "up");
    }

    /// <summary>For setns(2) and IFLA_NET_NS_FD.</summary>
    public SafeFd Descriptor { get; }

    /// <summary>What <c>nsenter --net=</c> takes, as long as the test's process lives.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{Descriptor.Number}";

    /// <summary>A netlink socket in it.</summary>
    public NetlinkSocket Open(NetlinkProtocol protocol = NetlinkProtocol.Route) => NetlinkSocket.Open(protocol, Descriptor);

    /// <summary>Does something on a thread that is in it, such as opening a socket.</summary>
    public T Inside<T>(Func<T> work) => NamespaceThread.Run(Descriptor, work);

    /// <summary>Runs a command in it; fails unless it ends with 0.</summary>
    /// <returns>What it printed.</returns>
    public string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\nexit status {process.ExitCode}\n{output}{errors.Result}");
        return output;
    }

    /// <summary>Starts a command in it, with its output and errors redirected.</summary>
    public Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("nsenter", [$"--net={Path}", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    public void Dispose() => Descriptor.Dispose();

    /// <summary>A thread can leave the host's namespace for one of its own; a descriptor of that keeps it when the thread has ended.</summary>
    private static SafeFd Make()
    {
        SafeFd? descriptor = null;
        int errno = 0;
        Thread thread = new(() =>
        {
            errno = (int)-Kernel.Call(Linux.Unshare, (long)Linux.CLONE_NEWNET);
            descriptor = errno == 0 ? Kernel.Open("/proc/thread-self/ns/net", Linux.O_RDONLY, out errno) : null;
        });
        thread.Start();
        thread.Join();
        return descriptor ?? throw new InvalidOperationException($"cannot make a network namespace: {KernelError.Describe(errno)}");
    }
}
