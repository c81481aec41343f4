using System.CommandLine;
using System.Globalization;
using System.Net;
using Zones.Storage.Nfs;
using Zones.Tool.Cli;

namespace Zones.Tool.Commands.Nfs;

/// <summary><c>zone nfs serve</c>.</summary>
internal static class NfsServeCommand
{
    private static readonly TimeSpan LastCalls = TimeSpan.FromSeconds(5);

    public static Command Make()
    {
        Command command = new("serve", "serve directories until interrupted; SIGHUP reads the file of exports again");
        Option<string[]> exports = new("--export")
        {
            Description = "what to serve, read-only unless rw; options: rw, squash=none|root|all, anonuid=N, anongid=N, clients=ADDRESS[/BITS]+…, secure, shift=FIRST[+COUNT]",
            HelpName = "NAME=DIR[,OPTION…]",
        };
        Option<string?> file = new("--exports") { Description = "a file of such lines", HelpName = "FILE" };
        Option<IPAddress> listen = new("--listen")
        {
            Description = "the address to listen at (default: 127.0.0.1)",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                if (!IPAddress.TryParse(result.Tokens[0].Value, out IPAddress? address))
                {
                    result.AddError($"'{result.Tokens[0].Value}' is no address; 127.0.0.1, 0.0.0.0 or :: are");
                }

                return address ?? IPAddress.None;
            },
        };
        Option<long?> port = Port("the port for NFS and MOUNT (default: a free one)");
        Option<bool> rpcbind = new("--rpcbind") { Description = "answer as rpcbind at port 111 too, for clients that are told no port" };
        command.Options.Add(exports);
        command.Options.Add(file);
        command.Options.Add(listen);
        command.Options.Add(port);
        command.Options.Add(rpcbind);
        command.SetAction((parsed, _) => Session.RunAsync(parsed, ExitCode.Error, async session =>
        {
            IReadOnlyList<NfsExport> Read()
            {
                try
                {
                    return [.. parsed.GetValue(exports)!.Select(ExportText.Parse), .. parsed.GetValue(file) is { } path ? ExportText.ReadFile(path) : []];
                }
                catch (FormatException e)
                {
                    throw new UsageException(e.Message);
                }
            }

            NfsServerOptions options = new()
            {
                Exports = Read(),
                EndPoint = new IPEndPoint(parsed.GetValue(listen)!, (int)(parsed.GetValue(port) ?? 0)),
                RpcbindPort = parsed.GetValue(rpcbind) ? 111 : null,
                KeyFile = Path.Combine(NfsCommand.Directory(session.Options), "handle.key"),
            };
            if (options.Exports.Count == 0)
            {
                throw new UsageException("nothing to serve; name a directory with --export NAME=DIR");
            }

            await ServeAsync(session, options, Read);
            return ExitCode.Ok;
        }));
        return command;
    }

    internal static Option<long?> Port(string description) => NumberOption.Make("--port", [], "N", description, most: 65535, least: 1);

    private static async Task ServeAsync(Session session, NfsServerOptions options, Func<IReadOnlyList<NfsExport>> read)
    {
        const int hangUp = 1;
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        InlineSockets.Use();
        NfsServer server = NfsServer.Start(options);
        await using (server.ConfigureAwait(false))
        {
            string socket = Path.Combine(NfsCommand.Directory(session.Options), server.EndPoint.Port.ToString(CultureInfo.InvariantCulture) + ".sock");
            NfsStatisticsSocket statistics = NfsStatisticsSocket.Open(server, socket);
            await using (statistics.ConfigureAwait(false))
            {
                session.OnSignals(signal =>
                {
                    if (signal == hangUp)
                    {
                        Reload(server, read);
                    }
                    else
                    {
                        ended.TrySetResult();
                    }
                });
                foreach (NfsExport export in server.Exports)
                {
                    session.Out.WriteLine($"{export.Directory} as {server.EndPoint.Address}:/{export.Name}, {(export.ReadWrite ? "read-write" : "read-only")}: -o vers=3,proto=tcp,nolock,noacl,port={server.EndPoint.Port},mountproto=tcp,mountport={server.EndPoint.Port}");
                }

                await session.Out.FlushAsync();
                await ended.Task;
                using CancellationTokenSource limit = new(LastCalls);
                await server.StopAsync(limit.Token);
            }
        }
    }

    private static void Reload(NfsServer server, Func<IReadOnlyList<NfsExport>> read)
    {
        try
        {
            server.Reload(read());
        }
        catch (Exception e) when (e is ZoneException or UsageException or IOException or UnauthorizedAccessException)
        {
            Complaint.Write($"{e.Message}; the exports are what they were");
        }
    }
}
