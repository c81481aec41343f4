using System.Globalization;

namespace Zones.Hosting;

/// <summary>run/NAME.exit, in which zoned's keeper leaves word of how a zone ended: GENERATION STATUS, and what
/// keepers of other versions say beyond that.</summary>
internal static class ExitRecord
{
    /// <summary>Reads the record of a boot; status -1 when there is none.</summary>
    public static ExitStatus Read(string runDirectory, string name, long? generation)
    {
        string path = PathOf(runDirectory, name);
        ExitStatus status = new(-1);
        if (!File.Exists(path))
        {
            return status;
        }

        string[] fields = File.ReadAllText(path).Trim().Split(' ');
        if (fields.Length >= 2
            && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long boot) && boot == generation
            && int.TryParse(fields[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int word) && word != -1)
        {
            status = ExitStatus.FromWait(word);
        }

        return status;
    }

    /// <summary>Removes the record, once what it tells is committed.</summary>
    public static void Remove(string runDirectory, string name)
    {
        string path = PathOf(runDirectory, name);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static string PathOf(string runDirectory, string name) => Path.Combine(runDirectory, name + ".exit");
}
