using Zones.Tool.Output;

namespace Zones.Tool.Cli;

/// <summary>Errors for a person: one line each on standard error, never a stack trace.</summary>
internal static class ErrorReport
{
    /// <summary>Writes an error and gives the exit code.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="ourFailure">The exit code of an error: 1, or 125 where codes are a command's own.</param>
    /// <param name="zone">Of several zones the one whose spec is meant where a spec is; null where there is no doubt.</param>
    /// <param name="hint">What may be added to an error about a zone; empty for nothing.</param>
    public static int Write(Exception error, int ourFailure, string? zone = null, string hint = "")
    {
        switch (error)
        {
            case OutputException { ReaderLeft: true }:
                return ExitCode.Ok;
            case UsageException:
                Complaint.Write(error.Message);
                return ourFailure == ExitCode.Error ? ExitCode.Usage : ourFailure;
            case ZoneSpecException spec:
                foreach (SpecProblem problem in spec.Problems)
                {
                    Complaint.Write(zone is null ? problem.ToString() : $"{zone}: {problem}");
                }

                return ourFailure;
            case ZoneException failure:
                Complaint.Write(failure.Message + hint);
                return Exec(failure, ourFailure);
            case OutputException:
                Complaint.Write(error.Message);
                return ourFailure;
            case IOException or UnauthorizedAccessException:
                Complaint.Write(Text.Sentence(error.Message));
                return ourFailure;
            case OperationCanceledException:
                Complaint.Write("cancelled");
                return ourFailure;
            default:
                Complaint.Write($"internal error: {error.GetType().Name}: {error.Message}; please report it");
                return ourFailure;
        }
    }

    private static int Exec(ZoneException error, int ourFailure)
    {
        const int noEntry = 2, notADirectory = 20;
        return error.Operation != "execute" || ourFailure == ExitCode.Error ? ourFailure
            : error.Errno is noEntry or notADirectory ? ExitCode.NotFound
            : ExitCode.NotExecutable;
    }
}
