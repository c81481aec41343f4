using System.Text;

namespace Zones.Rpcgen.Emit;

/// <summary>Lines of C#, indented by their braces.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes a line; none for the empty one.</summary>
    public void Line(string line = "")
    {
        _text.Append(' ', line.Length == 0 ? 0 : 4 * _depth).Append(line).Append('\n');
    }

    /// <summary>Writes a brace, what is in it, and the other brace.</summary>
    public void Block(string head, Action body)
    {
        Line(head);
        Braces(body);
    }

    /// <summary>Writes a block without a head.</summary>
    public void Braces(Action body)
    {
        Line("{");
        _depth++;
        body();
        _depth--;
        Line("}");
    }

    /// <summary>Writes the arms of a switch expression, whose head is written already.</summary>
    public void Arms(IEnumerable<string> arms)
    {
        Line("{");
        _depth++;
        foreach (string arm in arms)
        {
            Line(arm);
        }

        _depth--;
        Line("};");
    }

    public override string ToString() => _text.ToString();
}
