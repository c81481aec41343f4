using System.Text;

namespace Zones.Domains.Build;

/// <summary>What a domain's initial root is told in the file <see cref="File"/>: lines of a key and a value, each ended by NUL, because a
/// value may be any text. In the kernel's command line it would be seen by everybody on the host, and bounded.</summary>
internal sealed class GuestSettings
{
    /// <summary>Where the file is in the initial root.</summary>
    public const string File = "/zone";

    /// <summary>Name of the port on which process 1 says how it goes; see <see cref="Running"/>.</summary>
    public const string StatusPort = "zones.status";

    /// <summary>Names of the agent's ports begin so; a number follows.</summary>
    public const string AgentPort = "zones.agent.";

    /// <summary>Where the agents of a domain of Xen's answer: a port that only root inside can take.</summary>
    public const int AgentTcpPort = 1021;

    /// <summary>How many commands may run in a domain at once: a port each. A port costs 4 MiB of the domain's memory: its driver fills its
    /// queue with pages, and virtio over MMIO gives a queue 1,024 places. The kernel bounds them to 31 a device.</summary>
    public const int AgentPorts = 8;

    /// <summary>On the status port, a line: init has been executed.</summary>
    public const string Running = "running";

    /// <summary>On the status port, a line: the boot failed; the reason follows.</summary>
    public const string Failed = "failed ";

    /// <summary>On the status port, a line: init has ended; its exit code follows, 128 + n for signal n.</summary>
    public const string Ended = "ended ";

    /// <summary>Its name.</summary>
    public string Hostname { get; set; } = "domain";

    /// <summary>The NFS server's address.</summary>
    public string Server { get; set; } = "";

    /// <summary>The server's port, for NFS and MOUNT.</summary>
    public int Port { get; set; }

    /// <summary>The export, without the leading slash.</summary>
    public string Export { get; set; } = "";

    /// <summary>What an agent that is reached over a network wants to hear first; empty for one that is reached over a port of the machine's.</summary>
    public string Secret { get; set; } = "";

    /// <summary>The port of the server that has the domain's private files; 0 when they are a layer in memory over the export.</summary>
    public int PrivatePort { get; set; }

    /// <summary>That server's export, which is the root then.</summary>
    public string PrivateExport { get; set; } = "";

    /// <summary>Directories of the export that the root has beside the private files, read-only.</summary>
    public List<string> Shared { get; } = [];

    /// <summary>Init with its arguments; empty for none.</summary>
    public List<string> Init { get; } = [];

    /// <summary>Whether init is to be process 1 itself.</summary>
    public bool IsProcess1 { get; set; }

    /// <summary>NAME=VALUE of init's environment.</summary>
    public List<string> Environment { get; } = [];

    /// <summary>Whether init reads from the console too.</summary>
    public bool Console { get; set; }

    /// <summary>As the file has it.</summary>
    public byte[] Write()
    {
        StringBuilder text = new();
        void Add(string key, string value) => text.Append(key).Append('=').Append(value).Append('\0');
        Add("hostname", Hostname);
        Add("server", Server);
        Add("port", Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add("export", Export);
        Add("console", Console ? "1" : "0");
        Add("secret", Secret);
        Add("private-port", PrivatePort.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add("private-export", PrivateExport);
        Shared.ForEach(directory => Add("shared", directory));
        Add("process1", IsProcess1 ? "yes" : "no");
        Init.ForEach(argument => Add("init", argument));
        Environment.ForEach(variable => Add("env", variable));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static GuestSettings Read(ReadOnlySpan<byte> bytes)
    {
        GuestSettings read = new();
        foreach (string entry in Encoding.UTF8.GetString(bytes).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = entry.IndexOf('=');
            string value = entry[(equals + 1)..];
            switch (entry[..equals])
            {
                case "hostname":
                    read.Hostname = value;
                    break;
                case "server":
                    read.Server = value;
                    break;
                case "port":
                    read.Port = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case "export":
                    read.Export = value;
                    break;
                case "console":
                    read.Console = value == "1";
                    break;
                case "secret":
                    read.Secret = value;
                    break;
                case "private-port":
                    read.PrivatePort = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case "private-export":
                    read.PrivateExport = value;
                    break;
                case "shared":
                    read.Shared.Add(value);
                    break;
                case "process1":
                    read.IsProcess1 = value == "yes";
                    break;
                case "init":
                    read.Init.Add(value);
                    break;
                case "env":
                    read.Environment.Add(value);
                    break;
            }
        }

        return read;
    }
}
