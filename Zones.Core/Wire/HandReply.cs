using System.Runtime.InteropServices;

namespace Zones.Wire;

/// <summary>How a program went that was sent to a <see cref="StepOp.Serve"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HandReply
{
    /// <summary>0, or the error number of the step that failed.</summary>
    public int Errno;
}
