using Zones.Interop;
using Zones.Wire;

namespace Zones.Tool.Cli;

/// <summary>Descriptors 0 to 2 that our parent closed.</summary>
internal static class StandardDescriptors
{
    private const int GetFlags = 1; // F_GETFD

    /// <summary>Puts /dev/null where nothing is open, so that no file of ours takes the number and receives what was meant for a
    /// person. Standard output becomes one that cannot be written, because what is printed there would be lost without a word.</summary>
    public static void OpenMissing()
    {
        for (int number = 0; number <= 2; number++)
        {
            if (Kernel.Call(Linux.Fcntl, number, GetFlags) < 0)
            {
                // The lowest free number is the one that is missing. It stays open to the end.
                SafeFd? opened = Kernel.Open("/dev/null", number == 2 ? Linux.O_WRONLY : Linux.O_RDONLY, out _);
                opened?.SetHandleAsInvalid();
            }
        }
    }
}
