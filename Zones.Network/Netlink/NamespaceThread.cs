using System.Runtime.ExceptionServices;
using Zones.Interop;
using Zones.Wire;

namespace Zones.Network.Netlink;

/// <summary>Does something in another network namespace: on a thread of its own, which enters it by setns(2) and ends, because a thread of
/// the pool would take the namespace along to whatever comes next. Sockets stay in the namespace in which they were opened.</summary>
internal static class NamespaceThread
{
    /// <summary>Runs <paramref name="work"/> there and hands over its result, or the exception that it threw.</summary>
    /// <param name="networkNamespace">A descriptor of /proc/PID/ns/net or the like.</param>
    /// <param name="work">Must not start anything that goes on after it.</param>
    public static T Run<T>(SafeFd networkNamespace, Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                long entered = Kernel.Call(Linux.Setns, networkNamespace.Number, (long)Linux.CLONE_NEWNET);
                if (entered < 0)
                {
                    throw new ZoneException($"cannot enter a network namespace: {KernelError.Describe((int)-entered)}") { Errno = (int)-entered };
                }

                result = work();
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "in a network namespace",
        };
        thread.Start();
        thread.Join();
        thrown?.Throw();
        return result;
    }
}
