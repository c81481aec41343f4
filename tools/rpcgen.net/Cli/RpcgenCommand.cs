using System.CommandLine;
using System.CommandLine.Help;
using Zones.Rpcgen.Emit;
using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Rpcgen.Cli;

/// <summary>The command: reads protocols, writes C# or compares it with what is there.</summary>
internal static class RpcgenCommand
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int Usage = 2;

    /// <returns>The exit code: 0 done, 1 an error or drift, 2 wrong usage.</returns>
    public static int Run(string[] arguments)
    {
        Argument<string[]> inputs = new("FILE") { Description = "protocols in the RPC language (RFC 4506, RFC 5531)", Arity = ArgumentArity.OneOrMore };
        inputs.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } option)
            {
                result.AddError($"'{option.Value}' is not an option; a file of that name is ./{option.Value}");
            }
        });
        Option<string> output = new("--output", "-o") { Description = "the directory that gets a NAME.g.cs for each NAME.x", DefaultValueFactory = _ => ".", HelpName = "DIR" };
        Option<string> space = new("--namespace", "-n") { Description = "the namespace of what is generated", DefaultValueFactory = _ => "Zones.Rpc.Protocols", HelpName = "NAME" };
        Option<bool> check = new("--check") { Description = "write nothing; exit 1 where a file is not what would be written" };
        RootCommand root = new("rpcgen.net: writes C# from the RPC language") { inputs, output, space, check };
        root.Options.OfType<HelpOption>().Single().Description = "show this";
        root.Options.OfType<VersionOption>().Single().Description = "show the version";

        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            string message = parsed.Errors[0].Message;
            Console.Error.WriteLine($"rpcgen.net: {char.ToLowerInvariant(message[0])}{message[1..].TrimEnd('.')}");
            Console.Error.WriteLine("try 'rpcgen.net --help'");
            return Usage;
        }

        root.SetAction(result => Generate(result.GetValue(inputs)!, result.GetValue(output)!, result.GetValue(space)!, result.GetValue(check)));
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static int Generate(string[] inputs, string output, string space, bool check)
    {
        int status = Ok;
        foreach (string input in inputs)
        {
            try
            {
                string generated = FileEmitter.Emit(Protocol.Check(Parser.Parse(input, File.ReadAllText(input))), Path.GetFileName(input), space);
                string path = Path.Combine(output, FileEmitter.OutputName(input));
                if (!check)
                {
                    Directory.CreateDirectory(output);
                    File.WriteAllText(path, generated);
                }
                else if (!File.Exists(path) || File.ReadAllText(path) != generated)
                {
                    Console.Error.WriteLine($"rpcgen.net: {path} is not what {input} says; run rpcgen.net without --check and commit what it writes");
                    status = Failed;
                }
            }
            catch (RpcLanguageException error)
            {
                Console.Error.WriteLine(error.Message);
                status = Failed;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"rpcgen.net: {input}: {error.Message}");
                status = Failed;
            }
        }

        return status;
    }
}
