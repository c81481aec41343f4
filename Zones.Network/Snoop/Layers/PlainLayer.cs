namespace Zones.Network.Snoop.Layers;

/// <summary>What is not taken apart further: unknown protocols, and packets that end too early.</summary>
/// <param name="protocol">As lines begin with it.</param>
/// <param name="summary">The line.</param>
/// <param name="length">Bytes that are in it; null says nothing.</param>
internal sealed class PlainLayer(string protocol, string summary, int? length = null) : Layer
{
    public override string Protocol => protocol;

    public override string Title => "Data";

    protected override string Summarize() => summary;

    protected override void Describe(FieldList fields)
    {
        if (length is { } bytes)
        {
            fields.Add("length", bytes, "bytes");
        }
        else
        {
            fields.Add("summary", summary);
        }
    }
}
