using System.Text;

namespace Zones.Tests.Spec;

/// <summary>What YAML can do and a spec needs not: all of it is refused with its place, quickly and whole.</summary>
public class YamlBoundaryTests
{
    [Theory]
    [InlineData("", "is empty", 1, 1)]
    [InlineData("# nothing\n", "is empty", 1, 1)]
    [InlineData("---\n", "is not a map", 2, 2)]
    [InlineData("just text", "is not a map", 1, 1)]
    [InlineData("- zone: a", "is not a map", 1, 1)]
    [InlineData("zone: a\n---\nzone: b", "a second document begins here", 3, 1)]
    [InlineData("zone: a\nzone: b", "duplicate key zone", 2, 1)]
    [InlineData("zone: a\nfs:\n  - { dir: /a, dir: /b }", "duplicate key dir", 3, 16)]
    [InlineData("zone: &a web\nhostname: x", "anchors (&a) are not allowed", 1, 7)]
    [InlineData("zone: *a", "aliases (*a) are not allowed", 1, 7)]
    [InlineData("zone: a\nhostname: *a", "aliases (*a) are not allowed", 2, 11)]
    [InlineData("zone: !!str web", "tags (!!str) are not allowed", 1, 7)]
    [InlineData("zone: !ruby/object web", "tags (!ruby/object) are not allowed", 1, 7)]
    [InlineData("!!map { zone: a }", "tags (!!map) are not allowed", 1, 1)]
    [InlineData("zone: a\n\tbrand: native", "a tab stands where YAML wants spaces", 2, 1)]
    [InlineData("zone: a\nroot:\n\tsource: host", "a tab stands where YAML wants spaces", 3, 1)]
    [InlineData("zone: a\nroot:\n  source: host\n \ttype: sparse", "a tab stands where YAML wants spaces", 4, 2)]
    [InlineData("zone: a\nfs:\n\t- { dir: /a, special: /b }", "a tab stands where YAML wants spaces", 3, 1)]
    [InlineData("zone: a\nfs:\n  - dir: /a\n\t  special: /b", "a tab stands where YAML wants spaces", 4, 1)]
    [InlineData("zone: a\nhostname: x\n\nroot:\n\n\tsource: host\n\ttype: sparse", "a tab stands where YAML wants spaces", 6, 1)]
    [InlineData("zone: a\ninit: [/bin/sh,\n\t-c\n", "not YAML", 4, 1)]
    [InlineData("zone: [a", "not YAML", 2, 1)]
    [InlineData("zone: \"a", "not YAML", 1, 7)]
    [InlineData("zone: a: b", "not YAML", 1, 8)]
    [InlineData("zone: a\n brand: native", "not YAML", 2, 7)]
    public void A_document_that_is_no_spec_is_refused(string yaml, string message, int line, int column)
    {
        SpecProblem problem = Assert.Single(Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read(yaml)).Problems);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (problem.Line, problem.Column));
    }

    [Fact]
    public void A_billion_laughs_are_none()
    {
        StringBuilder text = new("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (char name = 'b'; name < 'j'; name++)
        {
            char before = (char)(name - 1);
            text.Append($"{name}: &{name} [{string.Join(", ", Enumerable.Repeat("*" + before, 9))}]\n");
        }

        Assert.Contains("not allowed", Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read(text.ToString())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Nesting_without_end_is_refused(string opening)
    {
        string text = "zone: a\nfs: " + (opening[^1] == ' ' && opening.Length == 2 ? "\n  " : "") + string.Concat(Enumerable.Repeat(opening, 100_000));
        Assert.Contains("nested deeper than 16 levels", Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_text_is_refused_unread() =>
        Assert.Contains("longer than 1048576 characters", Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read(new string('#', (1 << 20) + 1))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("zone: a\nattr: { ", "k#: v, ", "}")]
    [InlineData("zone: a\ninit: [/a, ", "b#, ", "]")]
    [InlineData("zone: a\nfs:\n", "  - { dir: /a#, special: /b }\n", "")]
    [InlineData("zone: a\n", "x#: 1\n", "")]
    public void A_long_text_comes_to_an_end(string before, string repeated, string after)
    {
        StringBuilder text = new(before);
        for (int i = 0; text.Length < 200_000; i++)
        {
            text.Append(repeated.Replace("#", $"{i}", StringComparison.Ordinal));
        }

        try
        {
            ZoneSpecYaml.Read(text.Append(after).ToString());
        }
        catch (ZoneSpecException e)
        {
            Assert.InRange(e.Message.Length, 1, 20_000);
        }
    }

    [Theory]
    [InlineData("depends-on", "depends-on: [", "a#, ", "]")]
    [InlineData("root.inherit", "root: { source: host, inherit: [", "/a#, ", "] }")]
    [InlineData("fs", "fs:\n", "  - { dir: /a#, special: /b }\n", "")]
    [InlineData("anet", "anet:\n", "  - { linkname: a# }\n", "")]
    [InlineData("admin", "admin:\n", "  - { user: a#, auths: [login] }\n", "")]
    [InlineData("rctl", "rctl:\n", "  a#: 1\n", "")]
    public void A_list_longer_than_any_zone_has_is_refused_before_its_elements_are_compared(string property, string before, string repeated, string after)
    {
        StringBuilder text = new("zone: a\n" + before);
        for (int i = 0; text.Length < 1_000_000; i++)
        {
            text.Append(repeated.Replace("#", $"{i}", StringComparison.Ordinal));
        }

        SpecProblem problem = Assert.Single(Assert.Throws<ZoneSpecException>(() => ZoneSpecYaml.Read(text.Append(after).ToString())).Problems);
        Assert.Equal(property, problem.Property);
        Assert.Contains("elements; at most ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_are_taken() =>
        Assert.Equal(("a", "b"), ZoneSpecYaml.Read("\ufeffzone: a\r\nhostname: b\r\n") is var spec ? (spec.Zone, spec.Hostname) : default);

    [Fact]
    public void What_turns_the_direction_of_writing_is_written_as_what_it_is()
    {
        ZoneSpec spec = ZoneSpecYaml.Read("zone: a\nattr: { a: \"x\u202ered\" }\n");
        string text = ZoneSpecYaml.Write(spec);
        Assert.EndsWith("attr: { a: \"x\\u202ered\" }\n", text);
        Assert.Equal(spec, ZoneSpecYaml.Read(text));
    }

    [Fact]
    public void No_text_is_a_misuse() => Assert.Throws<ArgumentNullException>(() => ZoneSpecYaml.Read(null!));
}
