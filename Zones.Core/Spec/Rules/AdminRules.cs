using Zones.Security;

namespace Zones.Specs;

/// <summary>Who may do what to the zone through a served host.</summary>
internal static class AdminRules
{
    private const int NameMost = 256; // what useradd(8) and groupadd(8) take at most

    /// <summary>The words of <c>auths</c>.</summary>
    public static IReadOnlyList<string> Auths { get; } = ["login", "manage", "clonefrom"];

    public static void Check(ZoneSpec spec, Findings findings)
    {
        for (int i = 0; i < spec.Admin.Count; i++)
        {
            ZoneAdmin admin = spec.Admin[i];
            if (!IsAccount(admin.User.StartsWith('@') ? admin.User[1..] : admin.User))
            {
                findings.Add($"admin[{i}].user", admin.User, $"'{admin.User}' is no name of a user, or of a group with @ before it; ids are not taken for names");
            }
            else if (spec.Admin.Take(i).Any(other => other.User == admin.User))
            {
                findings.Add($"admin[{i}].user", admin.User, $"{admin.User} is named twice; give all that they may in one auths");
            }

            if (admin.Auths.Count == 0)
            {
                findings.Add($"admin[{i}].auths", "[]", $"is empty; allowed are {string.Join(", ", Auths)}");
            }

            for (int j = 0; j < admin.Auths.Count; j++)
            {
                string word = admin.Auths[j];
                if (!Auths.Contains(word))
                {
                    string hint = NearestName.Of(word, Auths) is { } near ? $"; did you mean '{near}'?" : "";
                    findings.Add($"admin[{i}].auths[{j}]", word, $"'{word}' is not one of {string.Join(", ", Auths)}{hint}");
                }
                else if (admin.Auths.Take(j).Contains(word))
                {
                    findings.Add($"admin[{i}].auths[{j}]", word, $"{word} is named twice");
                }
            }
        }
    }

    /// <summary>What useradd(8) takes for a name, and what directories of other systems add to it.</summary>
    private static bool IsAccount(string name) => name.Length is > 0 and <= NameMost
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '$' or '@' or '\\');
}
