using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Zones.Network.Snoop.Decode;

/// <summary>What a DNS message says (RFC 1035 section 4).</summary>
internal sealed record DnsMessage(ushort Id, bool IsReply, int Code, string Question, IReadOnlyList<string> Answers)
{
    private const int Header = 12;

    /// <summary>In bytes (section 2.3.4).</summary>
    private const int MaxName = 255;

    /// <summary>A pointer leads back to another name; so many lead in a circle.</summary>
    private const int MaxPointers = 32;

    private const int MaxAnswers = 64;

    /// <summary>Nobody asks more than one at a time.</summary>
    private const int MaxQuestions = 16;

    /// <exception cref="IndexOutOfRangeException">It is cut short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is cut short.</exception>
    /// <exception cref="InvalidDataException">A name leads nowhere, or there is no end of questions.</exception>
    public static DnsMessage Read(ReadOnlySpan<byte> message)
    {
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        int count = Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(message[6..]), MaxAnswers);
        if (questions > MaxQuestions)
        {
            throw new InvalidDataException("too many questions");
        }

        int at = Header;
        string question = "";
        for (int i = 0; i < questions; i++)
        {
            string name = Name(message, ref at);
            question = i == 0 ? $"{name} {ClassName(message, at + 2)} {TypeName(BinaryPrimitives.ReadUInt16BigEndian(message[at..]))}" : question;
            at += 4;
        }

        List<string> answers = [];
        for (int i = 0; i < count; i++)
        {
            string name = Name(message, ref at);
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            string kind = $"{ClassName(message, at + 2)} {TypeName(type)}";
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            answers.Add($"{name} {kind} {Data(message, type, at, length)}");
            at += length;
        }

        return new(BinaryPrimitives.ReadUInt16BigEndian(message), (flags & 0x8000) != 0, flags & 15, question, answers);
    }

    /// <summary>RCODE (section 4.1.1).</summary>
    public static string CodeName(int code) => code switch
    {
        0 => "OK",
        1 => "Format Error",
        2 => "Server Fail",
        3 => "Name Error",
        4 => "Unimplemented",
        5 => "Refused",
        _ => "Unknown",
    };

    private static string ClassName(ReadOnlySpan<byte> message, int at) => (BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & 0x7fff) switch
    {
        1 => "Internet",
        3 => "Chaos",
        255 => "*",
        int other => $"Class {other}",
    };

    private static string TypeName(ushort type) => type switch
    {
        1 => "Addr",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        255 => "*",
        _ => $"Type {type}",
    };

    private static string Data(ReadOnlySpan<byte> message, ushort type, int at, int length) => (type, length) switch
    {
        (1, 4) or (28, 16) => new IPAddress(message.Slice(at, length)).ToString(),
        (2 or 5 or 12, _) => Name(message, ref at),
        _ => $"({length} bytes)",
    };

    private static string Name(ReadOnlySpan<byte> message, ref int at)
    {
        StringBuilder name = new();
        int position = at;
        int pointers = 0;
        while (message[position] is byte length and not 0)
        {
            if (length >= 0xc0)
            {
                at = pointers == 0 ? position + 2 : at;
                position = ++pointers <= MaxPointers ? BinaryPrimitives.ReadUInt16BigEndian(message[position..]) & 0x3fff : throw new InvalidDataException("a name leads in a circle");
                continue;
            }

            name.Append(Encoding.Latin1.GetString(message.Slice(position + 1, length))).Append('.');
            position += length + 1;
            if (name.Length > MaxName)
            {
                throw new InvalidDataException("a name is too long");
            }
        }

        at = pointers == 0 ? position + 1 : at;
        return name.Length == 0 ? "." : name.ToString();
    }
}
