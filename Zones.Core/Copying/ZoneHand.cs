using Zones.Boot;
using Zones.Interop;
using Zones.Wire;
using Zones.Zoned;

namespace Zones.Copying;

/// <summary>The side of a running zone: a child in its mount and user namespaces does what is asked (<see cref="HandProgram"/>), so a name can
/// lead to nothing that the zone's own root could not reach. What the child opens comes here as a descriptor, and data never pass through it.</summary>
/// <param name="zone">The zone.</param>
/// <param name="idBase">First of its ids outside; 0 without a user namespace.</param>
/// <param name="socket">The conversation with the child; owned from here on.</param>
internal sealed class ZoneHand(string zone, uint idBase, ZonedSocket socket) : FileHand
{
    private const uint Permissions = 0x1FF, Sticky = 0x200, All = 0xFFF;

    private bool _isLost;

    public override string Prefix { get; } = zone + ":";

    protected override ulong PathResolution => Linux.RESOLVE_IN_ROOT | Linux.RESOLVE_NO_MAGICLINKS;

    public override int MakeDirectory(SafeFd directory, byte[] name) =>
        Do((program, steps) => steps.Call("", Linux.Mkdirat, [program.Descriptor(directory), program.Data(name), 0x1C0]));

    public override int MakeLink(byte[] target, SafeFd directory, byte[] name) =>
        Do((program, steps) => steps.Call("", Linux.Symlinkat, [program.Data(target), program.Descriptor(directory), program.Data(name)]));

    public override int Rename(SafeFd directory, byte[] from, byte[] to) =>
        Do((program, steps) => steps.Call("", Linux.Renameat, [program.Descriptor(directory), program.Data(from), program.Descriptor(directory), program.Data(to)]));

    public override int Remove(SafeFd directory, byte[] name, bool isDirectory) =>
        Do((program, steps) => steps.Call("", Linux.Unlinkat, [program.Descriptor(directory), program.Data(name), isDirectory ? 0x200 /* AT_REMOVEDIR */ : 0]));

    public override int Finish(SafeFd made, (uint User, uint Group)? owner, uint? mode, in FileFacts facts)
    {
        ulong[] times = Times(facts);
        return Do((program, steps) =>
        {
            Argument file = program.Descriptor(made), itself = program.Text("");
            if (owner is { } ids)
            {
                steps.Call("", Linux.Fchownat, [file, itself, ids.User, ids.Group, Linux.AT_EMPTY_PATH]);
            }

            if (mode is { } bits)
            {
                steps.Call("", Linux.Fchmod, [file, bits]);
            }

            steps.Call("", Linux.Utimensat, [file, itself, program.Words(times), Linux.AT_EMPTY_PATH]);
        });
    }

    public override (uint User, uint Group) OwnerOf(in FileFacts facts)
    {
        Roots.IdMove inside = new(idBase, 0);
        return (inside.Of(facts.User), inside.Of(facts.Group));
    }

    /// <summary>What the child makes is the zone's root's.</summary>
    public override (uint User, uint Group)? OwnerFor((uint User, uint Group)? source) => source;

    public override uint ModeFor(in FileFacts facts, bool owners) => facts.Mode & (owners ? All : Permissions | Sticky);

    public override void Dispose() => socket.Dispose();

    protected override (SafeFd? Opened, int Errno) OpenAt(SafeFd? directory, byte[] path, int flags, int mode, ulong resolution)
    {
        ProgramWriter program = new();
        Argument how = program.Words([(ulong)flags | Linux.O_CLOEXEC, (ulong)mode, resolution]);
        program.Inside.Open("", Linux.Openat2, [directory is null ? Linux.AT_FDCWD : program.Descriptor(directory), program.Data(path), how, 24]);
        return Send(program);
    }

    private int Do(Action<ProgramWriter, StepList> compose)
    {
        ProgramWriter program = new();
        compose(program, program.Inside);
        return Send(program).Errno;
    }

    private (SafeFd? Opened, int Errno) Send(ProgramWriter program)
    {
        byte[] message = program.Finish(new SpawnRequest { Kind = ChildKind.Command });
        if (_isLost || !socket.Send(message, program.Descriptors) || !socket.Receive(out HandReply reply, out SafeFd[] opened))
        {
            // What it answers late is no answer to what is asked next.
            _isLost = true;
            throw new ZoneException($"{zone}: its files do not answer any more: the zone has been halted, or one of its file systems hangs") { Zone = zone, Operation = "copy", IsTransient = true };
        }

        return (opened is [{ } one] ? one : null, reply.Errno);
    }
}
