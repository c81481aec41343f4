namespace Zones.Tool.Output;

/// <summary>A table as zoneadm(8) prints one: columns as wide as their widest cell, the last as it is.</summary>
internal sealed class Columns(params string[] titles)
{
    private readonly List<string[]> _rows = [titles];

    /// <summary>Columns whose cells are numbers, which end in one line.</summary>
    public HashSet<int> Right { get; init; } = [];

    /// <summary>Adds a row; what somebody wrote in it moves no cursor.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Visible.Text)]);

    public void WriteTo(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, titles.Length).Select(column => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            for (int column = 0; column < row.Length; column++)
            {
                bool last = column == row.Length - 1;
                output.Write(Right.Contains(column) ? row[column].PadLeft(widths[column]) : last ? row[column] : row[column].PadRight(widths[column]));
                output.Write(last ? "\n" : "  ");
            }
        }
    }
}
