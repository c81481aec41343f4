using System.CommandLine;
using Zones.Tool.Terminals;

namespace Zones.Tool.Commands.Inside;

/// <summary>How to leave a terminal of a zone's, as zlogin(1) has it.</summary>
internal sealed class EscapeOptions
{
    private readonly Option<byte> _character = new("--escape", "-e")
    {
        Description = "what is typed instead of ~ at the beginning of a line; ~. leaves (default: ~)",
        HelpName = "CHAR",
        DefaultValueFactory = _ => (byte)'~',
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            switch (text)
            {
                case [> ' ' and < '\x7f' and not '.' and var character]:
                    return (byte)character;
                case ['^', >= '@' and <= '_' and not 'J' and not 'M' and var letter]:
                    return (byte)(letter & 0x1f);
                default:
                    result.AddError($"'{text}' is no escape character: one that can be typed and seen, but a full stop, or ^A to ^_");
                    return 0;
            }
        },
    };

    private readonly Option<bool> _none = new("--no-escape", "-E") { Description = "send ~ at the beginning of a line like any other character" };

    public void AddTo(Command command)
    {
        command.Options.Add(_character);
        command.Options.Add(_none);
    }

    /// <summary>What looks for it; null when nothing is to.</summary>
    public EscapeFilter? Filter(ParseResult parsed) => parsed.GetValue(_none) ? null : new(parsed.GetValue(_character));
}
