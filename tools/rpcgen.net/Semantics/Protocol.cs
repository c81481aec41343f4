using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Semantics;

/// <summary>The definitions of a file, checked: every name is defined once, every constant has a value, every type an end.</summary>
internal sealed partial class Protocol
{
    private readonly Dictionary<string, Definition> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Constant? Value, SourceLocation At, Int128 Add)> _constants = new(StringComparer.Ordinal);

    private Protocol(IReadOnlyList<Definition> definitions) => Definitions = definitions;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Definition> Definitions { get; }

    /// <summary>Looks up all names and checks all there is to check.</summary>
    /// <exception cref="RpcLanguageException">Something has no meaning.</exception>
    public static Protocol Check(IReadOnlyList<Definition> definitions)
    {
        Protocol protocol = new(definitions);
        protocol.Collect();
        protocol.FindLists();
        protocol.CheckValues();
        protocol.CheckTypes();
        protocol.CheckPrograms();
        return protocol;
    }

    private void Collect()
    {
        _constants.Add("TRUE", (new Constant("1", default), default, 0));
        _constants.Add("FALSE", (new Constant("0", default), default, 0));
        foreach (Definition definition in Definitions)
        {
            switch (definition)
            {
                case ConstDefinition constant:
                    Declare(constant.Name, constant.Value, constant.At);
                    break;
                case ProgramDefinition program:
                    Declare(program.Name, program.Number, program.At);
                    break;
                default:
                    if (_types.TryGetValue(definition.Name, out Definition? first))
                    {
                        throw Twice(definition.Name, definition.At, first.At);
                    }

                    _types.Add(definition.Name, definition);
                    CollectEnumerators(definition as EnumDefinition);
                    break;
            }
        }
    }

    private void CollectEnumerators(EnumDefinition? definition)
    {
        string? last = null;
        foreach (Enumerator member in definition?.Members ?? [])
        {
            Constant value = member.Value ?? new Constant(last ?? "0", member.At);
            Declare(member.Name, value, member.At, add: member.Value is null && last is not null ? 1 : 0);
            last = member.Name;
        }
    }

    private void Declare(string name, Constant value, SourceLocation at, Int128 add = default)
    {
        if (!_constants.TryAdd(name, (value, at, add)))
        {
            throw Twice(name, at, _constants[name].At);
        }
    }

    /// <summary>The value of a constant.</summary>
    public Int128 ValueOf(Constant constant) => ValueOf(constant, []);

    private Int128 ValueOf(Constant constant, HashSet<string> seen)
    {
        if (!constant.IsName)
        {
            return Constant.TryParse(constant.Text, out Int128 number) ? number : throw new RpcLanguageException(constant.At, $"'{constant.Text}' is no number");
        }

        if (!_constants.TryGetValue(constant.Text, out (Constant? Value, SourceLocation At, Int128 Add) meaning))
        {
            throw new RpcLanguageException(constant.At, $"the constant '{constant.Text}' is not defined; expected a number or the name of a constant");
        }

        return seen.Add(constant.Text)
            ? ValueOf(meaning.Value!.Value, seen) + meaning.Add
            : throw new RpcLanguageException(constant.At, $"the constant '{constant.Text}' stands for itself");
    }

    private static RpcLanguageException Twice(string name, SourceLocation at, SourceLocation first) =>
        new(at, first.Line == 0 ? $"'{name}' is a name of the language; expected another" : $"'{name}' is defined twice, first at {first.Line}:{first.Column}; expected another name");
}
