namespace Zones.Specs;

/// <summary>From the text of an export to its settings and resources. What is no zonecfg at all is a problem.</summary>
internal sealed class ZonecfgParser(string text, string? source)
{
    private const string Hint = "; give what 'zonecfg -z NAME export' prints";

    /// <summary>Commands of a command file that change nothing in what is read.</summary>
    private static readonly string[] Harmless = ["verify", "commit", "exit", "info", "export", "help", "?"];

    /// <summary>Commands whose effect depends on what was configured before.</summary>
    private static readonly string[] Changes = ["create", "remove", "clear", "delete", "revert"];

    /// <summary>More than any zone has. Each is tried on all before it, so a text of as many as it has room for would take hours.</summary>
    private const int ResourcesMost = 512;

    private readonly Stack<ZonecfgResource> _open = [];
    private int _opened;

    public List<SpecProblem> Problems { get; } = [];

    /// <summary>The whole text as one resource.</summary>
    public ZonecfgResource Parse()
    {
        ZonecfgResource document = new("", 1, 1);
        if (text.Length > ZoneSpecYaml.MaxLength)
        {
            Report(1, 1, null, $"longer than {ZoneSpecYaml.MaxLength} characters; this is no export");
            return document;
        }

        _open.Push(document);
        foreach (List<ZonecfgToken> statement in new ZonecfgLexer(text.TrimStart('\ufeff'), Report).Statements())
        {
            Statement(statement);
            if (_opened > ResourcesMost)
            {
                Report(statement[0].Line, statement[0].Column, null, $"more than {ResourcesMost} resources; this is no export");
                return document;
            }

            if (Problems.Count > 0 && document is { Settings.Count: 0, Resources.Count: 0 })
            {
                // Another kind of file has a problem on each line.
                return document;
            }
        }

        if (_open.Count > 1)
        {
            Report(_open.Peek().Line, _open.Peek().Column, _open.Peek().Type, $"'add {_open.Peek().Type}' has no 'end'");
        }
        else if (Problems.Count == 0 && document is { Settings.Count: 0, Resources.Count: 0 })
        {
            Report(1, 1, null, "holds no configuration" + Hint);
        }

        return document;
    }

    private void Statement(List<ZonecfgToken> tokens)
    {
        ZonecfgToken verb = tokens[0];
        switch (verb.Text)
        {
            case "set" when tokens.Count > 2 && tokens[1].Kind == ZonecfgTokenKind.Word && tokens[2].Is("="):
                Add(tokens[1], Value(tokens, 3));
                break;
            case "set":
                Report(verb.Line, verb.Column, null, "set is 'set PROPERTY=VALUE'");
                break;
            case "add" when tokens.Count == 2 && tokens[1].Kind == ZonecfgTokenKind.Word:
                Open(tokens[1]);
                break;
            case "add" when tokens.Count > 2 && tokens[1].Kind == ZonecfgTokenKind.Word && _open.Count > 1:
                Add(tokens[1], Value(tokens, tokens[2].Is("=") ? 3 : 2));
                break;
            case "add":
                Report(verb.Line, verb.Column, null, "add is 'add RESOURCE', and inside a resource 'add PROPERTY VALUE'");
                break;
            case "select":
                Open(verb);
                break;
            case "end" or "cancel" when tokens.Count == 1:
                Close(verb);
                break;
            case { } command when Changes.Contains(command):
                _open.Peek().Settings.Add(new(command, [new(Joined(tokens, 1, tokens.Count))], verb.Line, verb.Column) { IsCommand = true });
                break;
            case { } command when Harmless.Contains(command):
                break;
            default:
                Report(verb.Line, verb.Column, verb.Text, $"'{verb.Text}' is not a command of zonecfg" + Hint);
                break;
        }
    }

    private void Add(ZonecfgToken name, List<ZonecfgItem> items) => _open.Peek().Settings.Add(new(name.Text, items, name.Line, name.Column));

    private void Open(ZonecfgToken type)
    {
        _open.Push(new(type.Text, type.Line, type.Column));
        _opened++;
    }

    private void Close(ZonecfgToken verb)
    {
        if (_open.Count == 1)
        {
            Report(verb.Line, verb.Column, null, $"'{verb.Text}' without 'add'");
            return;
        }

        ZonecfgResource closed = _open.Pop();
        if (verb.Text == "end")
        {
            _open.Peek().Resources.Add(closed);
        }
    }

    private List<ZonecfgItem> Value(List<ZonecfgToken> tokens, int start)
    {
        List<ZonecfgItem> items = [];
        int next = start;
        if (start < tokens.Count && tokens[start].Is("["))
        {
            next++;
            while (next < tokens.Count && !tokens[next].Is("]"))
            {
                items.Add(Item(tokens, ref next));
                next += next < tokens.Count && tokens[next].Is(",") ? 1 : 0;
            }

            next = Closed(tokens, next, "]");
        }
        else if (start < tokens.Count && tokens[start].Is("("))
        {
            items.Add(Item(tokens, ref next));
        }
        else
        {
            items.Add(new(Joined(tokens, start, tokens.Count)));
            next = tokens.Count;
        }

        if (next < tokens.Count)
        {
            Report(tokens[next].Line, tokens[next].Column, tokens[next].Text, "the value ends before this");
        }

        return items;
    }

    /// <summary>An element of a list: <c>(name=value,…)</c>, or text up to a comma or the list's end.</summary>
    private ZonecfgItem Item(List<ZonecfgToken> tokens, ref int next)
    {
        int start = next;
        if (!tokens[next].Is("("))
        {
            do
            {
                next++;
            }
            while (next < tokens.Count && !tokens[next].Is(",") && !tokens[next].Is("]"));
            return new(Joined(tokens, start, next));
        }

        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        next++;
        while (next < tokens.Count && !tokens[next].Is(")"))
        {
            int name = next;
            while (next < tokens.Count && !tokens[next].Is(",") && !tokens[next].Is(")"))
            {
                next++;
            }

            if (next - name > 1 && tokens[name + 1].Is("="))
            {
                fields[tokens[name].Text] = Joined(tokens, name + 2, next);
            }
            else
            {
                Report(tokens[name].Line, tokens[name].Column, tokens[name].Text, "within ( ) stands NAME=VALUE");
            }

            next += next < tokens.Count && tokens[next].Is(",") ? 1 : 0;
        }

        next = Closed(tokens, next, ")");
        return new(Joined(tokens, start, next), fields);
    }

    private int Closed(List<ZonecfgToken> tokens, int next, string mark)
    {
        if (next < tokens.Count)
        {
            return next + 1;
        }

        Report(tokens[^1].Line, tokens[^1].Column, null, $"'{mark}' is missing");
        return next;
    }

    /// <summary>Tokens as text: blanks between them become one.</summary>
    private static string Joined(List<ZonecfgToken> tokens, int start, int end) =>
        string.Concat(Enumerable.Range(start, Math.Max(end - start, 0)).Select(i => (i > start && tokens[i].Apart ? " " : "") + tokens[i].Text));

    private void Report(int line, int column, string? value, string message) => Problems.Add(new("", value, message, source, line, column));
}
