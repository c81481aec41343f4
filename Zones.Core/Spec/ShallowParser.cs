using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Zones.Specs;

/// <summary>Stops a document that is nested deeper than any spec, before YamlStream, which recurses, overflows the stack; and one
/// with aliases, which no spec needs and which make a small text a huge one.</summary>
internal sealed class ShallowParser(IParser inner) : IParser
{
    private const int MaxDepth = 16;

    private int _depth;

    public ParsingEvent? Current => inner.Current;

    public bool MoveNext()
    {
        bool more = inner.MoveNext();
        if (inner.Current is { } current)
        {
            _depth += current.NestingIncrease;
            if (_depth > MaxDepth)
            {
                throw new YamlException(current.Start, current.End, $"nested deeper than {MaxDepth} levels; a spec never is");
            }

            if (current is AnchorAlias)
            {
                throw new YamlException(current.Start, current.End, "aliases (*name) are not allowed in a spec; write the value out");
            }
        }

        return more;
    }
}
