using System.CommandLine;

namespace Zones.Tool.Cli;

/// <summary>Choosing zones by their attributes.</summary>
internal static class Selector
{
    public static Option<SpecMap> Option() => new("--selector", "-l")
    {
        Description = "only zones that have these attributes",
        HelpName = "ATTR=VALUE[,…]",
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => new(),
        CustomParser = result =>
        {
            SpecMap selector = new();
            foreach (string pair in result.Tokens.SelectMany(token => token.Value.Split(',')))
            {
                if (pair.Split('=', 2) is [{ Length: > 0 } name, string value])
                {
                    selector[name] = value;
                }
                else
                {
                    result.AddError($"'{pair}' is not ATTR=VALUE");
                }
            }

            return selector;
        },
    };
}
