namespace Zones.Security;

/// <content>The entries of <c>syscalls</c>.</content>
internal static partial class OciSeccompFile
{
    private const int MaxArguments = 6;

    /// <summary>Whether an entry counts here. All of <c>includes</c> must be so, and none of <c>excludes</c>.</summary>
    private static bool Applies(JsonCursor entry, CapabilitySet granted, Version kernel)
    {
        if (entry.Member("includes") is { } includes
            && ((AnyArchitecture(includes) is false) || (NewerThan(includes, kernel) is false) || !includes.Items("caps").All(name => Has(name, granted))))
        {
            return false;
        }

        return entry.Member("excludes") is not { } excludes
            || !(AnyArchitecture(excludes) is true || NewerThan(excludes, kernel) is true || excludes.Items("caps").Any(name => Has(name, granted)));
    }

    /// <summary>Whether x86-64 is among the architectures, in Go's name for it; null where none is named.</summary>
    private static bool? AnyArchitecture(JsonCursor filter)
    {
        List<string> named = [.. filter.Items("arches").Select(architecture => architecture.Text())];
        return named.Count == 0 ? null : named.Contains("amd64");
    }

    private static bool? NewerThan(JsonCursor filter, Version kernel)
    {
        if (filter.Member("minKernel") is not { } least)
        {
            return null;
        }

        return Version.TryParse(least.Text(), out Version? version) ? kernel >= version : throw least.Wrong($"is '{least.Text()}'; allowed is a kernel version such as 4.8");
    }

    private static bool Has(JsonCursor name, CapabilitySet granted)
    {
        string bare = name.Text().ToLowerInvariant();
        bare = bare.StartsWith("cap_", StringComparison.Ordinal) ? bare[4..] : bare;
        int number = CapabilityNames.NumberOf(bare);
        return number >= 0 ? granted.Contains(number) : throw name.Wrong($"is '{name.Text()}'; allowed is a name of capabilities(7) such as CAP_SYS_ADMIN");
    }

    /// <summary>Names that x86-64 has not are other architectures' and passed over; so are, as in runc, entries that say what <c>defaultAction</c> says.</summary>
    private static void Entry(JsonCursor entry, SeccompAction otherwise, Dictionary<int, List<SyscallRule>> rules)
    {
        SeccompAction action = Action(entry.Required("action"), Errno(entry, "errnoRet", "errno"));
        SpecList<ArgumentTest> tests = [.. entry.Items("args").Select(Test)];
        List<string> names = [.. entry.Items("names").Select(name => name.Text())];
        if (entry.Member("name") is { } single)
        {
            names.Add(single.Text());
        }

        if (names.Count == 0)
        {
            throw entry.Wrong("has no 'names', which it must have");
        }

        if (action == otherwise)
        {
            return;
        }

        foreach (string name in names)
        {
            if (SyscallTable.TryNumber(name, out int number))
            {
                if (!rules.TryGetValue(number, out List<SyscallRule>? list))
                {
                    rules.Add(number, list = []);
                }

                Add(list, action, tests);
            }
        }
    }

    /// <summary>Several conditions on one argument mean any of them, as in runc; else all conditions must hold.</summary>
    private static void Add(List<SyscallRule> list, SeccompAction action, SpecList<ArgumentTest> tests)
    {
        if (tests.Select(test => test.Index).Distinct().Count() == tests.Count)
        {
            list.Add(new(action, tests));
        }
        else
        {
            list.AddRange(tests.Select(test => new SyscallRule(action, [test])));
        }
    }

    /// <summary>An entry without conditions decides alone, wherever it stands, and the first such one: libseccomp's way.</summary>
    private static SyscallVerdict Verdict(SeccompAction otherwise, List<SyscallRule> rules) =>
        rules.Find(rule => rule.Tests.Count == 0) is { } unconditional ? new(unconditional.Action) : new(otherwise, [.. rules]);

    private static ArgumentTest Test(JsonCursor test)
    {
        int index = (int)test.Required("index").Number(MaxArguments - 1);
        ulong value = test.Required("value").Number(ulong.MaxValue);
        ulong second = test.Member("valueTwo")?.Number(ulong.MaxValue) ?? 0;
        JsonCursor comparison = test.Required("op");
        return comparison.Text() switch
        {
            "SCMP_CMP_EQ" => new(index, ArgumentComparison.Equal, value),
            "SCMP_CMP_NE" => new(index, ArgumentComparison.NotEqual, value),
            "SCMP_CMP_GT" => new(index, ArgumentComparison.Greater, value),
            "SCMP_CMP_GE" => new(index, ArgumentComparison.GreaterOrEqual, value),
            "SCMP_CMP_LT" => new(index, ArgumentComparison.Less, value),
            "SCMP_CMP_LE" => new(index, ArgumentComparison.LessOrEqual, value),
            "SCMP_CMP_MASKED_EQ" => new(index, ArgumentComparison.MaskedEqual, second & value, value), // the first value is the mask
            string other => throw comparison.Wrong(
                $"is '{other}'; allowed are SCMP_CMP_EQ, SCMP_CMP_NE, SCMP_CMP_GT, SCMP_CMP_GE, SCMP_CMP_LT, SCMP_CMP_LE and SCMP_CMP_MASKED_EQ"),
        };
    }
}
