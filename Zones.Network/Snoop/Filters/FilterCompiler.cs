using Zones.Network.Protocols;
using Zones.Security;

namespace Zones.Network.Snoop.Filters;

/// <summary>From a filter to the classic BPF program that the kernel runs for each packet of a socket
/// (Documentation/networking/filter.rst). Frames with VLAN tags have everything four bytes later, so the comparisons are
/// compiled once for each number of tags, and the program begins with finding out which.</summary>
/// <param name="root">The filter without RPC.</param>
internal sealed class FilterCompiler(FilterNode root)
{
    // SKF_AD_OFF of linux/filter.h: what the kernel knows of a packet that is not in its bytes.
    private const uint Ancillary = unchecked((uint)-0x1000);
    private const uint HardwareType = Ancillary + 28, TagNumber = Ancillary + 44, TagPresent = Ancillary + 48;
    private const uint Ether = 1, Loopback = 772; // ARPHRD_ of linux/if_arp.h
    private const uint TagBytes = 4;

    private readonly BpfAssembler _program = new();
    private Target _accept, _reject;

    /// <summary>A program for frames of one type of link, as they are in a file: all tags in the frame.</summary>
    /// <param name="type">The link's.</param>
    /// <param name="keep">What the program returns for a packet that is wanted: how many bytes to keep.</param>
    public byte[] Compile(LinkType type, uint keep)
    {
        Begin(keep);
        _program.Begin(Frames(type, false).Place);
        return Program();
    }

    /// <summary>A program for a packet socket, which is shown frames without their outer VLAN tag.</summary>
    /// <param name="type">The link's; null for a socket of all links, which lets through what comes over others than Ethernet.</param>
    /// <param name="keep">As in <see cref="Compile"/>.</param>
    public byte[] CompileForSocket(LinkType? type, uint keep)
    {
        Begin(keep);
        int start = Frames(type ?? LinkType.Ethernet, false).Place;
        if (root.Has<Tagged>(_ => true) || root.Has<Comparison>(comparison => comparison.Field.Base == FieldBase.Length))
        {
            int tagged = Frames(type ?? LinkType.Ethernet, true).Place;
            start = _program.Load(BpfLoad.Byte, TagPresent, _program.Branch(BpfTest.Equal, 0, start, tagged));
        }

        if (type is null)
        {
            int other = _program.Branch(BpfTest.Equal, Loopback, start, _accept.Place);
            start = _program.Load(BpfLoad.Half, HardwareType, _program.Branch(BpfTest.Equal, Ether, start, other));
        }

        _program.Begin(start);
        return Program();
    }

    private byte[] Program() => _program.ToBytes("the packet filter", "give it fewer conditions");

    private void Begin(uint keep)
    {
        _reject = new Target(_program.Ends(0));
        _accept = new Target(_program.Ends(keep));
    }

    private Target Frames(LinkType type, bool tagTakenOut) => FrameLayout.Of(type) is { } layout ? Frames(layout, tagTakenOut) : _reject;

    private Target Frames(FrameLayout layout, bool tagTakenOut)
    {
        if (!layout.TakesTag)
        {
            return new Copy(this, layout, tagTakenOut).Write(root, _accept, _reject);
        }

        Target deeper = Frames(layout.WithTag, tagTakenOut);
        Target here = new Copy(this, layout, tagTakenOut).Write(root, _accept, _reject);
        int place = here.After(Field.EtherType, uint.MaxValue);
        foreach (ushort tag in EtherTypes.Tags)
        {
            place = _program.Branch(BpfTest.Equal, tag, deeper.Place, place);
        }

        return new Target(_program.Load(BpfLoad.Half, (uint)layout.TypeAt, place), Field.EtherType, uint.MaxValue, place);
    }

    /// <summary>A place of the program, and where to go instead when A has already what is loaded first there.</summary>
    private readonly record struct Target(int Place, Field Loads = default, uint Mask = 0, int Loaded = 0)
    {
        public int After(Field field, uint mask) => Loaded > 0 && Loads == field && Mask == mask ? Loaded : Place;
    }

    /// <summary>The comparisons for one layout of frames.</summary>
    private readonly struct Copy(FilterCompiler compiler, FrameLayout layout, bool tagTakenOut)
    {
        private readonly BpfAssembler _program = compiler._program;

        /// <returns>Where it begins.</returns>
        public Target Write(FilterNode node, Target yes, Target no) => node switch
        {
            AllOf all => Write(all.Left, Write(all.Right, yes, no), no),
            AnyOf any => Write(any.Left, yes, Write(any.Right, yes, no)),
            Negation negation => Write(negation.Inner, no, yes),
            Comparison comparison => Write(comparison, yes, no),
            Tagged tagged => Write(tagged.Id, yes, no),
            Constant constant => constant.Value ? yes : no,
            _ => throw new InvalidOperationException(node.GetType().Name),
        };

        private Target Write(Comparison comparison, Target yes, Target no)
        {
            (Field field, uint mask, BpfTest test, uint value) = comparison;
            if (field.Base == FieldBase.Link && !layout.HasAddresses)
            {
                return no;
            }

            if (field.Base == FieldBase.EtherType && layout.TypeAt < 0)
            {
                return value is EtherTypes.IPv4 or EtherTypes.IPv6
                    ? Write(new Comparison(new Field(FieldBase.Network, 0, 1), 0xF0, BpfTest.Equal, value == EtherTypes.IPv4 ? 0x40u : 0x60u), yes, no)
                    : no;
            }

            if (field.Base == FieldBase.Length && tagTakenOut)
            {
                // The kernel counts the frame without the tag.
                value -= Math.Min(value, TagBytes);
            }

            int compare = _program.Branch(test, value, yes.After(field, mask), no.After(field, mask));
            int place = mask == uint.MaxValue ? compare : _program.Mask(mask, compare);
            return new Target(Load(field, place), field, mask, compare);
        }

        private int Load(Field field, int then)
        {
            uint network = (uint)layout.Network, offset = (uint)field.Offset;
            switch (field.Base)
            {
                case FieldBase.Length:
                    return _program.Load(BpfLoad.Length, 0, then);
                case FieldBase.AfterIPv4:
                    int load = _program.Load(field.Size == 2 ? BpfLoad.HalfAtX : BpfLoad.WordAtX, network + offset, then);
                    return _program.Load(BpfLoad.HeaderLength, network, load);
                case FieldBase.EtherType:
                    return _program.Load(BpfLoad.Half, (uint)layout.TypeAt, then);
                default:
                    BpfLoad what = field.Size switch { 1 => BpfLoad.Byte, 2 => BpfLoad.Half, _ => BpfLoad.Word };
                    return _program.Load(what, field.Base == FieldBase.Link ? offset : network + offset, then);
            }
        }

        private Target Write(ushort? id, Target yes, Target no)
        {
            if (id is not { } number)
            {
                return tagTakenOut || layout.Tags > 0 ? yes : no;
            }

            int place = no.Place;
            for (int tag = layout.Tags - 1; tag >= 0; tag--)
            {
                place = Number((uint)layout.TagAt(tag), number, yes.Place, place);
            }

            return new Target(tagTakenOut ? Number(TagNumber, number, yes.Place, place) : place);
        }

        private int Number(uint at, ushort id, int yes, int no) =>
            _program.Load(BpfLoad.Half, at, _program.Mask(0xFFF, _program.Branch(BpfTest.Equal, id, yes, no)));
    }
}
