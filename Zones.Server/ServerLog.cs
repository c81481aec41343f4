using Zones.Served;
using Zones.Specs;
using Zones.Tool.Cli;

namespace Zones.Server;

/// <summary>What the served host did for whom, a line each on standard error, where a service manager keeps it.</summary>
internal static class ServerLog
{
    /// <summary>Clients can connect.</summary>
    public static void Ready(ServerOptions options) =>
        Write($"{options.State} at {options.Socket}, for {(options.Group is null ? "everybody whom a zone names" : "group " + options.Group)}: zone --connect {options.Socket} COMMAND …");

    /// <summary>An operation ended.</summary>
    public static void Ended(OperationDocument operation) =>
        Write($"uid {operation.User}: {operation.Verb}{(operation.Zone is null ? "" : " " + operation.Zone)}: {SpecWord<OperationState>.Text(operation.State)}{(operation.Problem is null ? "" : ": " + operation.Problem.Detail)}");

    /// <summary>A session with a zone began.</summary>
    public static void Began(uint user, string verb, string zone, string what) => Write($"uid {user}: {verb} {zone}: {what}");

    /// <summary>An error as clients see it; what is a mistake of ours is written down whole here, and only here.</summary>
    public static ProblemDocument Problem(Exception error)
    {
        ProblemDocument problem = ProblemDocument.Of(error);
        if (problem.IsInternal)
        {
            Complaint.Write($"internal error: {error}; please report it");
        }

        return problem;
    }

    /// <summary>Clients choose words of it, and not how much of the log they fill.</summary>
    private static void Write(string line) => Console.Error.WriteLine(Plain.Line(line));
}
