namespace Zones.Specs;

/// <summary>From a zonecfg export to a spec. Each property is taken into a spec that is valid before and after it; one that would make
/// it invalid, or means nothing here, leaves a warning.</summary>
/// <param name="zone">The zone's name, an allowed one.</param>
/// <param name="source">Named in warnings.</param>
internal sealed partial class ZonecfgImporter(string zone, string? source)
{
    /// <summary>More than any zone has: each is tried on all before it.</summary>
    private const int AdoptionsMost = 8192;

    private readonly Dictionary<string, ZonecfgSetting> _memory = [];
    private int _adoptions;

    public ZoneSpec Spec { get; private set; } = new() { Zone = zone };

    public List<SpecProblem> Warnings { get; } = [];

    /// <summary>Takes the whole export over.</summary>
    public void Import(ZonecfgResource document)
    {
        // The stack decides what a net means, so it comes before them.
        Spec = Spec with { IpType = ZonecfgStack.Of(document), Root = Spec.Root with { Type = RootType.Whole } };
        foreach (ZonecfgSetting setting in document.Settings.Where(setting => !IsUnset(setting)))
        {
            Property(setting);
        }

        InheritedDirectories([.. document.Resources.Where(resource => resource.Type == "inherit-pkg-dir")]);
        foreach (ZonecfgResource resource in document.Resources)
        {
            Resource(resource);
        }

        Memory();
        Stack(document);
    }

    /// <summary>Nothing is how zonecfg writes a property that is not set; only an attribute may be empty.</summary>
    private static bool IsUnset(ZonecfgSetting setting) => !setting.IsCommand && setting.Text.Length == 0;

    /// <summary>Takes a property over if the spec allows it.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="property">Its name in zonecfg, for the warning.</param>
    /// <param name="value">Its value, for the warning.</param>
    /// <param name="change">The spec with it.</param>
    /// <exception cref="ZoneSpecException">They are too many.</exception>
    private bool Adopt(ZonecfgNode place, string property, string? value, Func<ZoneSpec, ZoneSpec> change)
    {
        if (++_adoptions > AdoptionsMost)
        {
            throw new ZoneSpecException([new(property, value, $"more than {AdoptionsMost} values; this is no export", source, place.Line, place.Column)]);
        }

        ZoneSpec changed = change(Spec);
        if (ZoneSpecValidator.Validate(changed) is [{ } problem, ..])
        {
            Warn(place, property, value, $"left out: {problem.Message}");
            return false;
        }

        Spec = changed;
        return true;
    }

    private void Adopt(ZonecfgSetting setting, Func<ZoneSpec, ZoneSpec> change) => Adopt(setting, setting.Name, setting.Text, change);

    private void Warn(ZonecfgNode place, string property, string? value, string why) => Warnings.Add(new(property, value, why, source, place.Line, place.Column));

    private void Warn(ZonecfgSetting setting, string why, string within = "") => Warn(setting, within + setting.Name, setting.Text, why);

    /// <summary>A warning for each property of a resource beyond those that were looked at.</summary>
    private void WarnOthers(ZonecfgResource resource, params ReadOnlySpan<string> known)
    {
        foreach (ZonecfgSetting setting in resource.Settings)
        {
            if (setting.IsCommand || !known.Contains(setting.Name))
            {
                Warn(setting, ZonecfgWhy.Of($"{resource.Type}.{setting.Name}"), resource.Type + ".");
            }
        }

        foreach (ZonecfgResource nested in resource.Resources)
        {
            Warn(nested, $"{resource.Type}.{nested.Type}", null, ZonecfgWhy.Of($"{resource.Type}.{nested.Type}"));
        }
    }

    /// <summary>A whole number, or a warning.</summary>
    private int? Number(ZonecfgNode place, string property, string text)
    {
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        Warn(place, property, text, $"left out: '{text}' is not a whole number that a property here can have");
        return null;
    }
}
