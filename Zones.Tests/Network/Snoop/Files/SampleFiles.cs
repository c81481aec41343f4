using System.Buffers.Binary;
using Zones.Network.Snoop;
using Zones.Network.Snoop.Files;

namespace Zones.Tests.Network.Snoop.Files;

/// <summary>Capture files in either byte order, made by hand as the drafts describe them.</summary>
internal sealed class SampleFiles(bool big)
{
    /// <summary>A pcap file of Ethernet.</summary>
    public byte[] Pcap(uint magic, params (uint Seconds, uint Fraction, byte[] Data, uint Length)[] packets) =>
    [
        .. Word(magic), .. Half(2), .. Half(4), .. Word(0), .. Word(0), .. Word(65535), .. Word(1),
        .. packets.SelectMany(packet => (byte[])[.. Word(packet.Seconds), .. Word(packet.Fraction), .. Word((uint)packet.Data.Length), .. Word(packet.Length), .. packet.Data]),
    ];

    public byte[] Section(params byte[] options) => Block(0x0A0D0D0A, [.. Word(0x1A2B3C4D), .. Half(1), .. Half(0), .. Word(uint.MaxValue), .. Word(uint.MaxValue), .. options]);

    public byte[] Interface(ushort type, uint keep, params byte[] options) => Block(1, [.. Half(type), .. Half(0), .. Word(keep), .. options]);

    public byte[] Option(ushort code, params byte[] value) => [.. Half(code), .. Half((ushort)value.Length), .. value, .. new byte[-value.Length & 3]];

    public byte[] Enhanced(uint at, ulong time, byte[] data, uint length, params byte[] options) =>
        Block(6, [.. Word(at), .. Word((uint)(time >> 32)), .. Word((uint)time), .. Word((uint)data.Length), .. Word(length), .. data, .. new byte[-data.Length & 3], .. options]);

    public byte[] Simple(byte[] data, uint length) => Block(3, [.. Word(length), .. data, .. new byte[-data.Length & 3]]);

    public byte[] Block(uint type, byte[] body) => [.. Word(type), .. Word((uint)(body.Length + 12)), .. body, .. Word((uint)(body.Length + 12))];

    public byte[] Half(ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, big ? BinaryPrimitives.ReverseEndianness(value) : value);
        return bytes;
    }

    public byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, big ? BinaryPrimitives.ReverseEndianness(value) : value);
        return bytes;
    }

    /// <summary>All packets of a file, with their data kept, and the message at its end if there was one.</summary>
    public static (List<CapturedPacket> Packets, string? Message) Read(string path)
    {
        using CaptureFileReader reader = CaptureFileReader.Open(path);
        List<CapturedPacket> packets = [];
        string? message = null;
        try
        {
            while (reader.TryRead(out CapturedPacket packet))
            {
                packets.Add(packet with { Data = packet.Data.ToArray() });
            }
        }
        catch (CaptureFileException e)
        {
            message = e.Message;
        }

        Assert.False(reader.TryRead(out _));
        return (packets, message);
    }
}
