using Zones.Security;

namespace Zones.Tests.Security;

/// <summary>What a word that is not known was probably meant to be.</summary>
public class NearestNameTests
{
    private static readonly string[] Names = ["max-processes", "max-lwps", "capped-memory", "autoboot", "autoshutdown", "hostname", "hostid", "physical", "create"];

    [Theory]
    [InlineData("hostnam", "hostname")]
    [InlineData("max-procceses", "max-processes")]
    [InlineData("max-procs", "max-processes")]
    [InlineData("max-proc", "max-processes")]
    [InlineData("phys", "physical")]
    [InlineData("capped-mem", "capped-memory")]
    [InlineData("autob", "autoboot")]
    [InlineData("auto", null)]
    [InlineData("cat", null)]
    [InlineData("ho", null)]
    [InlineData("frobnicate", null)]
    [InlineData("", null)]
    [InlineData("-", null)]
    public void It_is_found_by_typing_errors_and_by_short_forms_that_only_one_has(string word, string? meant) => Assert.Equal(meant, NearestName.Of(word, Names));
}
