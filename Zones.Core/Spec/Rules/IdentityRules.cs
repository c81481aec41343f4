namespace Zones.Specs;

/// <summary>Who a zone is: its names, its place, its attributes.</summary>
internal static class IdentityRules
{
    private const int NameMost = 64; // HOST_NAME_MAX, and what a message to zoned has room for
    private const int AttrNameMost = 63;
    private const int AttrValueMost = 1024;

    /// <summary>What is wrong with a zone's name, or null.</summary>
    public static string? NameProblem(string name) =>
        !IsPlainName(name)
            ? $"a zone's name is 1 to {NameMost} of A-Z a-z 0-9 _ . -, the first a letter or digit"
            : name == "global" || name.StartsWith("SUNW", StringComparison.Ordinal)
            ? $"'{name}' is reserved; choose another name (global is the host itself, SUNW* is Solaris's)"
            : null;

    /// <summary>Whether a name is one that can be a file's, an argument and a word of any language alike.</summary>
    public static bool IsPlainName(string name) => name.Length is > 0 and <= NameMost && char.IsAsciiLetterOrDigit(name[0]) && name.All(IsNameCharacter);

    public static void Check(ZoneSpec spec, Findings findings)
    {
        if (NameProblem(spec.Zone) is { } problem)
        {
            findings.Add("zone", spec.Zone, problem);
        }

        if (spec.Zonepath is { } zonepath && findings.Path("zonepath", zonepath)
            && (zonepath == "/" || ((string[])["/proc", "/sys", "/dev", "/run", "/tmp"]).Any(directory => SpecPath.IsAtOrBelow(zonepath, directory))))
        {
            // A test's own directory below /tmp is fine; /tmp itself belongs to all.
            if (!zonepath.StartsWith("/tmp/", StringComparison.Ordinal) && !zonepath.StartsWith("/run/", StringComparison.Ordinal))
            {
                findings.Add("zonepath", zonepath, $"{zonepath} is no place for a zone's files; choose a directory of its own on a disk");
            }
        }

        if (spec.Hostname is { } hostname && !IsHostname(hostname))
        {
            findings.Add("hostname", hostname, $"a host name is 1 to {NameMost} of A-Z a-z 0-9 - ., each part beginning and ending with a letter or digit");
        }

        if (spec.Hostid is { } hostid && (hostid.Length != 8 || !hostid.All(char.IsAsciiHexDigit)))
        {
            findings.Add("hostid", hostid, "a hostid is 8 hexadecimal digits, such as 0a1b2c3d");
        }

        findings.Range("boot-priority", spec.BootPriority, 0, 100);
        if (spec.Lifetime == ZoneLifetime.Owner && spec.Autoboot)
        {
            findings.Add("autoboot", "true", "a zone with lifetime: owner ends with the process that booted it, so nothing can boot it with the host; leave one of the two out");
        }

        foreach ((string name, string value) in spec.Attr)
        {
            if (name.Length is 0 or > AttrNameMost || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(c => IsNameCharacter(c) || c == '/'))
            {
                findings.Add($"attr.{name}", name, $"an attribute's name is 1 to {AttrNameMost} of A-Z a-z 0-9 _ . - /, the first a letter or digit");
            }

            if (value.Length > AttrValueMost || SpecPath.Unprintable(value))
            {
                findings.Add($"attr.{name}", value, $"an attribute's value is at most {AttrValueMost} characters without control characters");
            }
        }
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';

    private static bool IsHostname(string name) => name.Length is > 0 and <= NameMost
        && name.Split('.').All(part => part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1]) && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
}
