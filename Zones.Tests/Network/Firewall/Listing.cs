namespace Zones.Tests.Network.Firewall;

/// <summary>What nft(8) lists, put in an order of its own: that of chains, sets and elements depends on when they came, and means nothing.</summary>
internal static class Listing
{
    public static string Ordered(string listing)
    {
        List<string> blocks = [];
        List<string> block = [];
        foreach (string line in listing.ReplaceLineEndings("\n").Split('\n'))
        {
            block.Add(line);
            if (line == "\t}")
            {
                blocks.Add(Block(block));
                block.Clear();
            }
        }

        return string.Join('\n', blocks.Order(StringComparer.Ordinal));
    }

    private static string Block(List<string> lines)
    {
        string text = string.Join('\n', lines.Where(line => line.Length > 0 && !line.StartsWith("table ", StringComparison.Ordinal)));
        const string Elements = "elements = {";
        int at = text.IndexOf(Elements, StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        int end = text.IndexOf('}', at);
        return text[..at] + string.Join('\n', text[(at + Elements.Length)..end].Split(',').Select(element => element.Trim()).Order(StringComparer.Ordinal)) + text[end..];
    }
}
