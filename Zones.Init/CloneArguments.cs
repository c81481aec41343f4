using System.Runtime.InteropServices;

namespace Zones.Init;

/// <summary>struct clone_args of clone3(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CloneArguments
{
    public ulong Flags;
    public ulong Pidfd;
    public ulong ChildTid;
    public ulong ParentTid;
    public ulong ExitSignal;
    public ulong Stack;
    public ulong StackSize;
    public ulong Tls;
    public ulong SetTid;
    public ulong SetTidSize;
    public ulong Cgroup;
}
