using System.CommandLine;
using System.Text;
using Zones.Tool.Cli.Properties;

namespace Zones.Tool.Cli.Man;

/// <summary>Manual pages (man(7)) out of what <c>--help</c> says.</summary>
/// <param name="help">Knows the options and examples of every command.</param>
internal sealed class ManPage(Help help)
{
    /// <summary>Section 8: system administration.</summary>
    public const int Section = 8;

    /// <summary>Section 5: file formats.</summary>
    public const int FormatSection = 5;

    private readonly StringBuilder _page = new();

    /// <summary>The page of the whole command.</summary>
    public static string Root(Help help, IReadOnlyList<(string Purpose, IReadOnlyList<Command> Commands)> groups)
    {
        ManPage page = new(help);
        page.Head("zone");
        page.Line("zone \\- " + Roff.Text("virtual environments that share the host's kernel and operating system"));
        page.Synopsis(["zone [--state DIR | --connect PATH] COMMAND …"]);
        page.Line(".SH COMMANDS");
        foreach ((string purpose, IReadOnlyList<Command> commands) in groups)
        {
            page.Line($".SS To {Roff.Text(purpose)}");
            foreach (Command command in commands)
            {
                page.Entry($".BR {Roff.Text("zone-" + command.Name)} ({Section})", command.Description);
            }
        }

        page.Line(".SH OPTIONS");
        foreach (Option option in (Option[])[GlobalOptions.State, GlobalOptions.Connect])
        {
            page.Entry(Roff.Bold(Help.Names(option)), option.Description);
        }

        page.Line(".SH EXIT STATUS");
        page.Line(Roff.Text(Help.ExitCodes["exit codes: ".Length..]));
        page.Line(".SH FILES");
        page.Entry("\\fI/var/lib/zones\\fR", "the state directory, unless another one is named");
        page.Line(".SH SEE ALSO");
        page.Line($".BR {Roff.Text("zone-spec")} ({FormatSection})");
        return page._page.ToString();
    }

    /// <summary>The page of a group of commands, named after the first.</summary>
    public static string Group(Help help, string purpose, IReadOnlyList<Command> commands)
    {
        ManPage page = new(help);
        page.Head("zone-" + commands[0].Name);
        page.Line(string.Join(", ", commands.Select(command => Roff.Text("zone-" + command.Name))) + " \\- zones: " + Roff.Text(purpose));
        List<Command> all = [.. commands.SelectMany(command => command.Subcommands.Prepend(command))];
        page.Synopsis([.. all.Select(Help.Usage)]);
        page.Line(".SH DESCRIPTION");
        foreach (Command command in all)
        {
            page.Command(command);
        }

        page.Line(".SH SEE ALSO");
        page.Line($".BR zone ({Section}),");
        page.Line($".BR {Roff.Text("zone-spec")} ({FormatSection})");
        return page._page.ToString();
    }

    /// <summary>The page of the properties of a spec, which is what <c>zone help spec</c> prints.</summary>
    public static string Spec(Help help)
    {
        ManPage page = new(help);
        page.Head("zone-spec", FormatSection, "File Formats");
        page.Line("zone\\-spec \\- " + Roff.Text("what a zone is to be"));
        page.Line(".SH DESCRIPTION");
        page.Line(string.Join("\n.PP\n", SpecPage.Introduction.Select(Roff.Text)));
        page.Line(".SH PROPERTIES");
        foreach (SpecProperty property in SpecProperties.All)
        {
            page.Line(".TP");
            page.Line(Roff.Bold(property.Path));
            page.Line(string.Join("\n.br\n", SpecPage.Lines(property).Select(Roff.Text)));
        }

        page.Line(".SH SEE ALSO");
        page.Line($".BR zone ({Section}),");
        page.Line($".BR {Roff.Text("zone-create")} ({Section}),");
        page.Line($".BR {Roff.Text("zone-set")} ({Section}),");
        page.Line($".BR {Roff.Text("zone-schema")} ({Section})");
        return page._page.ToString();
    }

    private void Head(string name, int section = Section, string manual = "System Administration")
    {
        Line($".\\\" Made by 'zone man' out of what --help says.");
        Line($".TH {Roff.Text(name.ToUpperInvariant())} {section} \"\" \"Zones\" \"{manual}\"");
        Line(".SH NAME");
    }

    private void Synopsis(IEnumerable<string> usages)
    {
        Line(".SH SYNOPSIS");
        Line(".nf");
        foreach (string usage in usages)
        {
            Line(Roff.Bold(usage));
        }

        Line(".fi");
    }

    private void Command(Command command)
    {
        Line($".SS {Roff.Text("zone " + CommandPath.Of(command))}");
        Line(Roff.Text(Capital(command.Description ?? "")) + ".");
        foreach (Argument argument in command.Arguments)
        {
            Entry($"\\fI{Roff.Text(argument.Name)}\\fR", argument.Description);
        }

        foreach (Option option in help.Options(command))
        {
            Entry(Roff.Bold(Help.Names(option)), option.Description);
        }

        Line(".PP");
        Line("For example:");
        Line(".PP");
        Line(".nf");
        foreach (string example in Help.ExamplesOf(command))
        {
            Line("    " + Roff.Text(example));
        }

        Line(".fi");
    }

    private void Entry(string name, string? description)
    {
        Line(".TP");
        Line(name);
        Line(Roff.Text(description ?? ""));
    }

    private void Line(string line) => _page.Append(line).Append('\n');

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
