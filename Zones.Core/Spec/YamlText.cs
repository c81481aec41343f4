using System.Globalization;
using System.Text;

namespace Zones.Specs;

/// <summary>Builds the YAML of a spec: a property a line, what is nested in flow style. Null values are left out.</summary>
internal sealed class YamlText
{
    private readonly StringBuilder _text;
    private readonly bool _flow;
    private bool _first = true;

    public YamlText()
        : this(new(), flow: false)
    {
    }

    private YamlText(StringBuilder text, bool flow) => (_text, _flow) = (text, flow);

    public void Add(string name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            Scalar(value);
            End();
        }
    }

    public void Number(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Flag(string name, bool value, bool standard) => Add(name, value == standard ? null : value ? "true" : "false");

    public void Word<T>(string name, T value, T standard)
        where T : struct, Enum =>
        Add(name, EqualityComparer<T>.Default.Equals(value, standard) ? null : SpecWord<T>.Text(value));

    public void Add(string name, Action<YamlText> content)
    {
        Name(name);
        Flow(content);
        End();
    }

    public void Map(string name, SpecMap map)
    {
        if (map.Count > 0)
        {
            Add(name, flow =>
            {
                foreach (KeyValuePair<string, string> item in map)
                {
                    flow.Add(item.Key, item.Value);
                }
            });
        }
    }

    public void List(string name, SpecList<string>? items)
    {
        if (items is not null)
        {
            Name(name);
            _text.Append('[');
            for (int i = 0; i < items.Count; i++)
            {
                _text.Append(i == 0 ? "" : ", ");
                Scalar(items[i]);
            }

            _text.Append(']');
            End();
        }
    }

    public void Each<T>(string name, SpecList<T> items, Action<YamlText, T> content)
    {
        if (items.Count == 0)
        {
            return;
        }

        _text.Append(name).Append(":\n");
        foreach (T item in items)
        {
            _text.Append("  - ");
            Flow(flow => content(flow, item));
            _text.Append('\n');
        }
    }

    public override string ToString() => _text.ToString();

    private void Flow(Action<YamlText> content)
    {
        _text.Append("{ ");
        content(new(_text, flow: true));
        _text.Append(" }");
    }

    private void Name(string name)
    {
        if (_flow && !_first)
        {
            _text.Append(", ");
        }

        _first = false;
        Scalar(name);
        _text.Append(": ");
    }

    private void End()
    {
        if (!_flow)
        {
            _text.Append('\n');
        }
    }

    /// <summary>Plain where that cannot be misread, else double-quoted with escapes (YAML 1.2, 5.7).</summary>
    internal static void Scalar(StringBuilder text, string value)
    {
        if (value.Length > 0 && value is not ("null" or "~") && value.All(IsPlain) && value[0] is not ('-' or '.' or '@') && value[^1] != ':')
        {
            text.Append(value);
            return;
        }

        Quote(text, value);
    }

    private void Scalar(string value) => Scalar(_text, value);

    /// <summary>Adds a value in double quotes.</summary>
    internal static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\t' => text.Append("\\t"),
                _ when Plain.IsHidden(c) => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or '=' or '@';
}
