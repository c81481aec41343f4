using CsCheck;

namespace Zones.Tests.Spec;

public class RoundTripTests
{
    [Fact]
    public void What_is_written_is_read_as_the_same() => SpecGenerator.Specs.Sample(
        spec =>
        {
            string text = ZoneSpecYaml.Write(spec);
            ZoneSpec read = ZoneSpecYaml.Read(text);
            Assert.Equal(spec, read);
            Assert.Equal(text, ZoneSpecYaml.Write(read));
        },
        iter: 2000);

    [Fact]
    public void A_spec_that_is_cut_or_changed_anywhere_is_read_or_refused_and_nothing_else() =>
        Gen.Select(SpecGenerator.Specs, Gen.Int[0, 10_000], Gen.OneOf("", "\0", "\t", " ", "\n", ":", "- ", "[", "]", "{", "}", "\"", "'", "&a ", "*a", "!!int ", "|", "\u0085", "\ud800", "\ufeff", "%", "? ", "...\n", "---\n", "\\U00110000")).Sample(
            (spec, place, odd) =>
            {
                string text = ZoneSpecYaml.Write(spec);
                int at = place % text.Length;
                Reads(text[..at] + odd + text[at..]);
                Reads(text[..at] + odd);
                Reads(text[..at] + odd + text[(at + 1)..]);
            },
            iter: 2000);

    [Fact]
    public void Any_text_at_all_is_read_or_refused_and_nothing_else() =>
        Gen.Char.Array[0, 60].Sample(text => Reads(new string(text)), iter: 2000);

    private static void Reads(string text)
    {
        try
        {
            ZoneSpecYaml.Read(text);
        }
        catch (ZoneSpecException e)
        {
            Assert.NotEmpty(e.Problems);
            Assert.All(e.Problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0, $"no place: {problem}\n{text}"));
            Assert.DoesNotContain(e.Message, character => char.IsControl(character) && character != '\n');
        }
    }
}
