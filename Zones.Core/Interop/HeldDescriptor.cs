using System.Runtime.InteropServices;

namespace Zones.Interop;

/// <summary>A descriptor that somebody else may close at any moment: until this is disposed its number is no other file's.</summary>
internal sealed class HeldDescriptor : IDisposable
{
    private readonly SafeHandle _handle;

    private HeldDescriptor(SafeHandle handle) => _handle = handle;

    public int Number => (int)_handle.DangerousGetHandle();

    /// <summary>Holds it; null when there is none, or none any more.</summary>
    public static HeldDescriptor? Of(SafeHandle? handle)
    {
        bool held = false;
        try
        {
            handle?.DangerousAddRef(ref held);
        }
        catch (ObjectDisposedException)
        {
            // Closed already.
        }

        return held ? new(handle!) : null;
    }

    public void Dispose() => _handle.DangerousRelease();
}
