namespace Zones.Tool.Cli;

/// <summary>Errors for a person: one line each on standard error, never a stack trace.</summary>
internal static class ErrorReport
{
    private const int BrokenPipe = 32;

    /// <summary>Writes an error and gives the exit code.</summary>
    public static int Write(Exception error, int ourFailure)
    {
        switch (error)
        {
            case IOException io when (io.HResult & 0xffff) == BrokenPipe:
                return ExitCode.Ok; // the reader of a pipe has seen enough
            case UsageException:
                Console.Error.WriteLine("zone: " + error.Message);
                return ourFailure == ExitCode.Error ? ExitCode.Usage : ourFailure;
            case ZoneSpecException spec:
                foreach (SpecProblem problem in spec.Problems)
                {
                    Console.Error.WriteLine($"zone: {problem}");
                }

                return ourFailure;
            case ZoneException zone:
                Console.Error.WriteLine("zone: " + zone.Message);
                return Exec(zone, ourFailure);
            case IOException or UnauthorizedAccessException:
                Console.Error.WriteLine("zone: " + error.Message);
                return ourFailure;
            case OperationCanceledException:
                Console.Error.WriteLine("zone: cancelled");
                return ourFailure;
            default:
                Console.Error.WriteLine($"zone: internal error: {error.GetType().Name}: {error.Message}; please report it");
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
