using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Semantics;

/// <summary>Types that hold themselves.</summary>
internal sealed partial class Protocol
{
    /// <summary>Whether a value may hold another of its own type, be it through others: such a type cannot be a C# struct.</summary>
    public bool IsRecursive(Definition definition) => Reaches(definition, definition, new HashSet<Definition>(ReferenceEqualityComparer.Instance));

    private bool Reaches(Definition from, Definition target, HashSet<Definition> seen)
    {
        foreach (Definition part in PartsOf(from).SelectMany(part => CompoundsIn(part.Type, throughCounts: true)))
        {
            if (ReferenceEquals(part, target) || (seen.Add(part) && Reaches(part, target, seen)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A type that always holds another of itself has no values.</summary>
    private void CheckEnds(Definition definition, Definition start, HashSet<Definition> path)
    {
        foreach ((Declaration declaration, XdrType type) in PartsOf(definition))
        {
            foreach (Definition part in CompoundsIn(type, throughCounts: false))
            {
                if (ReferenceEquals(part, start))
                {
                    throw new RpcLanguageException(declaration.At, $"'{start.Name}' holds itself without end by '{declaration.Name}'; expected '*' or '<>' there");
                }

                if (path.Add(part))
                {
                    CheckEnds(part, start, path);
                }
            }
        }
    }

    private IEnumerable<(Declaration Declaration, XdrType Type)> PartsOf(Definition definition) => definition switch
    {
        StructDefinition structure => MembersOf(structure).Select(member => (member, Resolve(member))),
        UnionDefinition union => union.Arms.Select(arm => (arm.Body, Resolve(arm.Body))),
        _ => [],
    };

    /// <param name="type">Any type.</param>
    /// <param name="throughCounts">Whether what may be there no times counts as well.</param>
    private static IEnumerable<Definition> CompoundsIn(XdrType type, bool throughCounts) => type switch
    {
        CompoundType compound => [compound.Definition],
        ListType list when throughCounts || !list.MayBeEmpty => [list.Definition],
        ArrayType array when throughCounts || array.IsFixed => CompoundsIn(array.Element, throughCounts),
        OptionalType optional when throughCounts => CompoundsIn(optional.Element, throughCounts),
        _ => [],
    };
}
