using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Zones.Specs;

/// <summary>Stops a document that is nested deeper than any spec, before YamlStream, which recurses, overflows the stack; and one
/// with what no spec needs: aliases make a small text a huge one, tags ask for types that nobody here makes.</summary>
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
            string? problem = _depth > MaxDepth ? $"nested deeper than {MaxDepth} levels; a spec never is"
                : current is AnchorAlias alias ? $"aliases (*{alias.Value}) are not allowed in a spec; write the value out"
                : current is NodeEvent { Anchor.IsEmpty: false } anchored ? $"anchors (&{anchored.Anchor}) are not allowed in a spec; write the value out where it is needed"
                : current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } } tagged ? $"tags ({Short(tagged.Tag)}) are not allowed in a spec; quote what is a text"
                : null;
            if (problem is not null)
            {
                throw new RefusedYamlException(current.Start, current.End, problem);
            }
        }

        return more;
    }

    /// <summary>A tag as it was written: the parser makes <c>tag:yaml.org,2002:str</c> of <c>!!str</c>.</summary>
    private static string Short(TagName tag) => tag.Value.Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal);
}

/// <summary>YAML, but none that a spec may be.</summary>
internal sealed class RefusedYamlException(Mark start, Mark end, string message) : YamlException(start, end, message);
