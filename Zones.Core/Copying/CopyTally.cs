namespace Zones.Copying;

/// <summary>Counts what is copied, and keeps what is not.</summary>
internal sealed class CopyTally
{
    private const int MostRefused = 100;

    private readonly List<string> _refused = [];
    private long _refusals;

    public long Files { get; set; }

    public long Directories { get; set; }

    public long Links { get; set; }

    public long Bytes { get; set; }

    /// <summary>Something is left out.</summary>
    /// <param name="why">A line of text that names it.</param>
    public void Refuse(string why)
    {
        _refusals++;
        if (_refused.Count < MostRefused)
        {
            _refused.Add(why);
        }
    }

    public CopyReport Report() => new(Files, Directories, Links, Bytes, _refused, _refusals);
}
