using Zones.Network.Snoop.Layers;

namespace Zones.Network.Snoop.Decode;

/// <summary>A DNS message (RFC 1035): its question and its first answers.</summary>
internal sealed class DnsLayer(ReadOnlyMemory<byte> message) : Layer
{
    public override string Protocol => "DNS";

    public override string Title => "DNS Header";

    protected override string Summarize()
    {
        DnsMessage dns = DnsMessage.Read(message.Span);
        if (!dns.IsReply)
        {
            return $"DNS C {dns.Question} ?";
        }

        return dns.Code != 0 ? $"DNS R  Error: {dns.Code}({DnsMessage.CodeName(dns.Code)})"
            : dns.Answers.Count > 0 ? $"DNS R {dns.Answers[0]}"
            : $"DNS R {dns.Question} (no answer)";
    }

    protected override void Describe(FieldList fields)
    {
        DnsMessage dns = DnsMessage.Read(message.Span);
        fields.Add("id", (ulong)dns.Id);
        fields.Add("is-reply", dns.IsReply);
        fields.AddAs("response-code", (ulong)dns.Code, $"{dns.Code} ({DnsMessage.CodeName(dns.Code)})");
        fields.Add("question", dns.Question);
        fields.Add("answers", [.. dns.Answers.Select(answer => new FieldList { new Field("answer", answer, answer) })]);
    }

    private protected override string Complaint(Exception e) => "cut short or malformed";
}
