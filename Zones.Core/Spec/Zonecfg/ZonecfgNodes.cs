namespace Zones.Specs;

/// <summary>Something that stands at a place of the text, lines and columns from 1.</summary>
internal abstract record ZonecfgNode(int Line, int Column);

/// <summary><c>set NAME=VALUE</c>, or <c>add NAME VALUE</c> inside a resource; other commands that change something, by their verb. A simple
/// value is one item, a list has one for each element.</summary>
internal sealed record ZonecfgSetting(string Name, IReadOnlyList<ZonecfgItem> Items, int Line, int Column) : ZonecfgNode(Line, Column)
{
    /// <summary>Set for commands other than set and add.</summary>
    public bool IsCommand { get; init; }

    /// <summary>The value on one line.</summary>
    public string Text => string.Join(",", Items.Select(item => item.Text));

    /// <summary>The elements of a list, however it was written: <c>a,b</c>, <c>[a,b]</c>.</summary>
    public IEnumerable<string> Words => Items.SelectMany(item => item.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>A value: text, or <c>(name=value,…)</c>.</summary>
/// <param name="Text">As it was written, without quotes.</param>
/// <param name="Fields">The names and values of a complex value; null for text.</param>
internal sealed record ZonecfgItem(string Text, IReadOnlyDictionary<string, string>? Fields = null);

/// <summary>From <c>add TYPE</c> to <c>end</c>; the whole text is one without a type.</summary>
internal sealed record ZonecfgResource(string Type, int Line, int Column) : ZonecfgNode(Line, Column)
{
    public List<ZonecfgSetting> Settings { get; } = [];

    public List<ZonecfgResource> Resources { get; } = [];

    /// <summary>The last value of a property; null when it is not set.</summary>
    public ZonecfgSetting? Find(string name) => Settings.FindLast(setting => setting.Name == name && !setting.IsCommand);
}
