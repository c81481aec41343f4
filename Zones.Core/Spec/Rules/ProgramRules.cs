using System.Text;

namespace Zones.Specs;

/// <summary>What a zone runs.</summary>
internal static class ProgramRules
{
    /// <summary>Of all arguments and environment together, so that the kernel (a quarter of the stack limit) and a request to zoned take them.</summary>
    private const int MostBytes = 256 << 10;

    /// <summary>Of one argument or variable (MAX_ARG_STRLEN, execve(2)).</summary>
    private const int MostBytesOfOne = 128 << 10;

    public static void Check(ZoneSpec spec, Findings findings)
    {
        if (spec.Init is { } init)
        {
            if (init.Count == 0)
            {
                findings.Add("init", "[]", "names no program; leave it out for a zone with process 1 only");
            }
            else
            {
                findings.Path("init", init[0]);
            }

            Texts("init", init, findings);
        }
        else
        {
            NeedsInit("bootargs", spec.Bootargs.Count > 0, findings);
            NeedsInit("init-mode", spec.InitMode == InitMode.Exec, findings);
            NeedsInit("restart", spec.Restart != RestartPolicy.Never, findings);
        }

        Texts("bootargs", spec.Bootargs, findings);
        foreach ((string name, string value) in spec.Env)
        {
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                findings.Add($"env.{name}", name, "a variable's name is of A-Z a-z 0-9 _, the first no digit");
            }

            if (SpecPath.UnfitForArgument(value) || Encoding.UTF8.GetByteCount(value) >= MostBytesOfOne)
            {
                findings.Add($"env.{name}", null, $"a variable's value is text without NUL of less than {MostBytesOfOne} bytes");
            }
        }

        long total = (spec.Init ?? []).Concat(spec.Bootargs).Concat(spec.Env.Select(item => item.Key + item.Value)).Sum(text => (long)Encoding.UTF8.GetByteCount(text) + 10);
        if (total > MostBytes)
        {
            findings.Add("init", null, $"init, bootargs and env are {total} bytes together; at most {MostBytes} can be handed to a program");
        }
    }

    private static void NeedsInit(string property, bool given, Findings findings)
    {
        if (given)
        {
            findings.Add(property, null, $"{property} means nothing without init; name a program in init, or leave {property} out");
        }
    }

    private static void Texts(string property, SpecList<string> texts, Findings findings)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            if (SpecPath.UnfitForArgument(texts[i]) || Encoding.UTF8.GetByteCount(texts[i]) >= MostBytesOfOne)
            {
                findings.Add($"{property}[{i}]", null, $"an argument is text without NUL of less than {MostBytesOfOne} bytes");
            }
        }
    }
}
