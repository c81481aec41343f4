using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Zones.Domains.Agent;
using Zones.Wire;

namespace Zones.Guest;

/// <summary>One command of the host's: started as it says, joined with the port, and gone when the host lets go of the port.</summary>
internal sealed unsafe partial class Agent
{
    /// <summary>In the environment of an agent whose port is one of a network: what the host has to say first.</summary>
    public const string SecretVariable = "ZONES_SECRET";

    private readonly int _port;
    private readonly int _shutdownSignal;
    private readonly byte[] _header = new byte[AgentFrame.HeaderLength];
    private readonly byte[] _buffer = new byte[32 << 10];
    private readonly List<byte> _input = [];
    private readonly List<byte> _unsent = [];
    private bool _inputEnded;
    private bool _detached;
    private int _process;
    private int _inputTo = -1, _output = -1, _error = -1;

    private Agent(int port, int shutdownSignal)
    {
        _port = port;
        _shutdownSignal = shutdownSignal;
    }

    /// <summary>Serves one connection.</summary>
    /// <param name="port">The port's descriptor, inherited.</param>
    /// <param name="shutdownSignal">What asks process 1 for the end.</param>
    public static int Serve(int port, int shutdownSignal) => new Agent(port, shutdownSignal).Run();

    private int Run()
    {
        if (!SkipToBeginning() || !KnowsSecret() || ReadFrame(out byte kind) is not { } content)
        {
            return 1;
        }

        if (kind == AgentFrame.Shutdown)
        {
            Answer(0, "");
            Kernel.Call(Linux.Kill, 1, _shutdownSignal);
            return 0;
        }

        if (kind != AgentFrame.Start || !Start(content))
        {
            return 1;
        }

        if (!_detached)
        {
            Join();
        }

        LetGo();
        return 0;
    }

    private bool KnowsSecret() => System.Environment.GetEnvironmentVariable(SecretVariable) is not { } secret
        || (ReadFrame(out byte kind) is { } said && kind == AgentFrame.Secret && CryptographicOperations.FixedTimeEquals(said, Encoding.UTF8.GetBytes(secret)));

    private bool Start(byte[] content)
    {
        // Not split into all its parts: an argument may be empty, and the last text is ended too.
        string[] texts = Encoding.UTF8.GetString(content).Split('\0')[..^1];
        string[] mode = texts[0].Split(' ');
        int count = int.Parse(texts[3], CultureInfo.InvariantCulture);
        string[] arguments = texts[4..(4 + count)];
        if (User.Find(texts[1]) is not { } user)
        {
            return Answer(Linux.ENOENT, $"user: {texts[1]} is not in the domain's /etc/passwd; give a user of it, or UID:GID");
        }

        string[] environment = [.. Environment(user, texts[(4 + count)..])];
        _detached = mode[0] == "detached";
        (int Input, int Output, int Error) theirs = _detached ? OpenConsole() : mode[0] == "terminal" ? OpenTerminal(mode) : OpenPipes();
        ChildPlan plan = new()
        {
            Program = Resolve(arguments[0], environment),
            Arguments = arguments,
            Environment = environment,
            Descriptors = theirs,
            Terminal = mode[0] == "terminal",
            Directory = texts[2].Length > 0 ? texts[2] : texts[1].Length > 0 ? user.Home : "/",
            DirectoryMatters = texts[2].Length > 0,
            User = user.Id,
            Group = user.Group,
            Groups = user.Groups,
        };
        _process = Child.Start(plan, out int errno, out string step);
        foreach (int descriptor in (int[])[theirs.Input, theirs.Output, theirs.Error])
        {
            Kernel.Close(descriptor);
        }

        return Answer(errno, step) && _process != 0;
    }

    /// <summary>The zone's environment, with what belongs to the user where it does not say otherwise.</summary>
    private static IEnumerable<string> Environment(User user, string[] given)
    {
        string[] own = [$"HOME={user.Home}", $"USER={user.Name}", $"LOGNAME={user.Name}", .. user.Shell is null ? (string[])[] : [$"SHELL={user.Shell}"]];
        return given.Concat(own.Where(entry => !given.Any(other => other.StartsWith(entry[..(entry.IndexOf('=') + 1)], StringComparison.Ordinal))));
    }

    /// <summary>As execvp(3): a name without a slash is looked for in PATH.</summary>
    private static string Resolve(string program, string[] environment)
    {
        const int executable = 1;
        if (program.Contains('/'))
        {
            return program;
        }

        string path = environment.LastOrDefault(entry => entry.StartsWith("PATH=", StringComparison.Ordinal))?[5..] ?? "/usr/bin:/bin";
        foreach (string candidate in path.Split(':').Select(directory => $"{directory}/{program}"))
        {
            fixed (byte* name = Call.Text(candidate))
            {
                if (Kernel.Call(Linux.Access, name, executable) == 0)
                {
                    return candidate;
                }
            }
        }

        return program;
    }
}
