using System.Globalization;
using Zones.Security;

namespace Zones.Specs;

/// <summary>File systems and devices.</summary>
internal static class FsRules
{
    private static readonly string[] Reserved = ["/proc", "/sys", "/dev"];

    private static readonly string[] Common = ["ro", "rw", "nosuid", "nodev", "noexec"];

    private static readonly string[] OfBind = [.. Common, "rbind", "idmap", "noidmap"];

    private static readonly string[] OfTmpfs = [.. Common, "size=", "mode=", "nr_inodes="];

    private static readonly (string, string)[] Contradictions = [("ro", "rw"), ("idmap", "noidmap")];

    public static void Check(ZoneSpec spec, Findings findings)
    {
        // In the order of their names, so that what is below a directory is found without a look at all others.
        SortedSet<string> before = new(StringComparer.Ordinal);
        for (int i = 0; i < spec.Fs.Count; i++)
        {
            Fs(spec, i, before, findings);
            before.Add(spec.Fs[i].Dir);
        }

        for (int i = 0; i < spec.Device.Count; i++)
        {
            Device(spec.Device[i].Match, $"device[{i}].match", findings);
        }
    }

    private static void Fs(ZoneSpec spec, int index, SortedSet<string> before, Findings findings)
    {
        ZoneFs fs = spec.Fs[index];
        string property = $"fs[{index}]";
        if (findings.Path($"{property}.dir", fs.Dir))
        {
            if (fs.Dir == "/" || Reserved.Any(directory => SpecPath.IsAtOrBelow(fs.Dir, directory)))
            {
                findings.Add($"{property}.dir", fs.Dir, $"{fs.Dir} is mounted by the zone itself and cannot be mounted over; the root comes from the root property, devices from device");
            }

            if (before.Contains(fs.Dir))
            {
                findings.Add($"{property}.dir", fs.Dir, $"another fs is mounted on {fs.Dir}; keep one of them");
            }
            else if (FirstBelow(before, fs.Dir) is { } hidden)
            {
                findings.Add($"{property}.dir", fs.Dir, $"{fs.Dir} would hide {hidden}, which is mounted before it; put the outer one first");
            }
        }

        switch (fs.Type)
        {
            case FsType.Bind when fs.Special is null:
                findings.Add($"{property}.special", null, "is missing; a bind mount has a path of the host");
                break;
            case FsType.Bind:
                findings.Path($"{property}.special", fs.Special!);
                break;
            case FsType.Tmpfs or FsType.Proc when fs.Special is not null and not "swap" and not "tmpfs" and not "proc":
                findings.Add($"{property}.special", fs.Special, $"a {SpecWord<FsType>.Text(fs.Type)} has no special; leave it out, or use type: bind");
                break;
        }

        Options(spec, fs, $"{property}.options", findings);
    }

    private static string? FirstBelow(SortedSet<string> paths, string directory)
    {
        const char afterSlash = '0';
        string? first = directory == "/" ? paths.Min : paths.GetViewBetween(directory + "/", directory + afterSlash).Min;
        return first is not null && SpecPath.IsAtOrBelow(first, directory) ? first : null;
    }

    private static void Options(ZoneSpec spec, ZoneFs fs, string property, Findings findings)
    {
        string[] known = fs.Type switch { FsType.Bind => OfBind, FsType.Tmpfs => OfTmpfs, _ => Common };
        for (int i = 0; i < fs.Options.Count; i++)
        {
            string option = fs.Options[i];
            int equals = option.IndexOf('=');
            string name = equals < 0 ? option : option[..(equals + 1)];
            if (!known.Contains(name))
            {
                string hint = NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : $"; allowed: {string.Join(", ", known)}";
                findings.Add($"{property}[{i}]", option, $"'{option}' is not an option of a {SpecWord<FsType>.Text(fs.Type)} mount{hint}");
            }
            else if (equals >= 0 && ValueProblem(name, option[(equals + 1)..]) is { } problem)
            {
                findings.Add($"{property}[{i}]", option, problem);
            }
        }

        foreach ((string one, string other) in Contradictions)
        {
            if (fs.Options.Contains(one) && fs.Options.Contains(other))
            {
                findings.Add(property, fs.Options.ToString(), $"'{one}' and '{other}' contradict each other; keep one of them");
            }
        }

        if (fs.Options.Contains("idmap") && !spec.Security.UserNamespace)
        {
            findings.Add(property, "idmap", "ids are mapped by the user namespace, which security.user-namespace turns off; leave one of the two out");
        }
    }

    private static string? ValueProblem(string name, string value) => name switch
    {
        "size=" when !DataSize.TryParse(value, out DataSize size) || size.Bytes == 0 => $"'{value}' is not a size above 0; allowed is {DataSize.Allowed}",
        "mode=" when value.Length is < 3 or > 4 || value.Any(c => c is < '0' or > '7') => $"'{value}' is not a mode of 3 or 4 octal digits, such as 1777",
        "nr_inodes=" when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count < 1 => $"'{value}' is not a number of inodes above 0",
        _ => null,
    };

    private static void Device(string match, string property, Findings findings)
    {
        if (!findings.Path(property, match))
        {
            return;
        }

        if (!match.StartsWith("/dev/", StringComparison.Ordinal) || match.StartsWith("/dev/pts", StringComparison.Ordinal) || match.StartsWith("/dev/shm", StringComparison.Ordinal) || match.StartsWith("/dev/mqueue", StringComparison.Ordinal))
        {
            findings.Add(property, match, $"{match} is not a device below /dev that can be given to a zone; /dev/pts, /dev/shm and /dev/mqueue are the zone's own");
        }
        else if (match[..match.LastIndexOf('/')].AsSpan().IndexOfAny('*', '?') >= 0)
        {
            findings.Add(property, match, "* and ? match within the last name only; write the directory out");
        }
    }
}
