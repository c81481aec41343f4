using Zones.Interop;
using Zones.Wire;

namespace Zones.Tool.Cli;

/// <summary>Descriptors 0 to 2 that our parent closed.</summary>
internal static class StandardDescriptors
{
    private const int GetFlags = 1; // F_GETFD
    private const int SetFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    /// <summary>Puts /dev/null where nothing was open and begins anew: a file of the runtime's or ours may have taken the number
    /// already, and would be read as what a person typed, or receive what a person should see. Standard output becomes one that
    /// cannot be written, because what is printed there would be lost without a word.</summary>
    public static void OpenMissing(string[] arguments)
    {
        bool missing = false;
        for (int number = 0; number <= 2; number++)
        {
            // What was inherited has come through an exec, so a descriptor that does not survive one was opened by ourselves.
            long flags = Kernel.Call(Linux.Fcntl, number, GetFlags);
            if (flags is >= 0 and not CloseOnExec)
            {
                continue;
            }

            using SafeFd? nothing = Kernel.Open("/dev/null", number == 2 ? Linux.O_WRONLY : Linux.O_RDONLY, out _);
            if (nothing is null)
            {
                return;
            }

            if (nothing.Number == number)
            {
                Kernel.Call(Linux.Fcntl, number, SetFlags);
                nothing.SetHandleAsInvalid();
            }
            else
            {
                Kernel.Call(Linux.Dup3, nothing.Number, number);
            }

            missing = true;
        }

        if (missing)
        {
            // When that fails, what runs on has what it needs.
            ProgramImage.Replace("/proc/self/exe", "zone", arguments);
        }
    }
}
