namespace Zones.Tests.Tool;

/// <summary>The manual pages that a package installs.</summary>
public sealed class ManTests
{
    [Fact]
    public async Task Every_command_has_a_page_that_is_well_formed_and_says_what_help_says()
    {
        using TemporaryDirectory directory = new();
        ZoneCli zone = new("/nonexistent") { Environment = { ["MANWIDTH"] = "200", ["LC_ALL"] = "C.UTF-8", ["MANPAGER"] = "cat" } };
        string pages = directory.Path + "/man8";
        Assert.Equal("", await zone.OkAsync("man", directory.Path));
        foreach (string page in (string[])[.. Directory.GetFiles(pages), directory.Path + "/man5/zone-spec.5"])
        {
            Assert.Equal(new CommandResult(0, "", ""), await zone.ShellAsync($"cd '{directory.Path}' && groff -ww -man -Tutf8 -z '{page}'"));

            // A page without a date is the same whenever it is made; a link to another page is how dpkg keeps them.
            CommandResult lint = await zone.ShellAsync($"cd '{directory.Path}' && mandoc -Tlint -Wwarning '{page}'");
            Assert.DoesNotContain((lint.Output + lint.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.Contains("missing date") && !line.Contains(".so is fragile"));
        }

        Assert.DoesNotContain("connect PATH", File.ReadAllText(pages + "/zone-nfs.8"));
        string[] commands = [.. Commands(pages)];
        Assert.Equal(HelpTests.Verbs.Select(row => row.Data).Order(StringComparer.Ordinal), commands);
        foreach (string command in commands)
        {
            CommandResult shown = await zone.ShellAsync($"man -M '{directory.Path}' 8 zone-{command}");
            Assert.Equal((0, ""), (shown.Code, shown.Error));
            Assert.Contains("zone-" + command, shown.Output);
            string usage = (await zone.OkAsync(command, "--help")).Split('\n').Single(line => line.StartsWith("usage: ", StringComparison.Ordinal))["usage: ".Length..];
            Assert.Contains(Plain(usage), Plain(shown.Output));
        }

        CommandResult root = await zone.ShellAsync($"man -l '{pages}/zone.8'");
        Assert.Equal((0, ""), (root.Code, root.Error));
        Assert.All(commands, command => Assert.Contains($"zone-{command}(8)", root.Output));
    }

    [Fact]
    public async Task The_page_of_specs_says_what_help_says_of_each_property()
    {
        using TemporaryDirectory directory = new();
        ZoneCli zone = new("/nonexistent") { Environment = { ["MANWIDTH"] = "2000", ["LC_ALL"] = "C.UTF-8", ["MANPAGER"] = "cat" } };
        await zone.OkAsync("man", directory.Path);
        string help = Words(await zone.OkAsync("help", "spec"));
        CommandResult manual = await zone.ShellAsync($"man -M '{directory.Path}' 5 zone-spec");
        Assert.Equal((0, ""), (manual.Code, manual.Error));
        Assert.Contains(help[help.IndexOf(" zone 1 to 64 of ", StringComparison.Ordinal)..], Words(manual.Output), StringComparison.Ordinal);
        Assert.Contains("'zone schema'", help, StringComparison.Ordinal);
        foreach (string verb in (string[])["set", "unset"])
        {
            Assert.Contains("'zone help spec'", await zone.OkAsync(verb, "--help"), StringComparison.Ordinal);
        }
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<string> Commands(string pages) =>
        Directory.GetFiles(pages).Select(page => Path.GetFileNameWithoutExtension(page)).Where(page => page != "zone").Select(page => page["zone-".Length..]).Order(StringComparer.Ordinal);

    private static string Plain(string text) => text.Replace("…", "...", StringComparison.Ordinal);
}
