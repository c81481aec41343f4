using Microsoft.Extensions.Logging;

namespace Zones.Hosting;

/// <summary>Every message that the library logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Zone}: {From} -> {To}")]
    public static partial void StateChanged(ILogger logger, string zone, string from, string to);

    [LoggerMessage(2, LogLevel.Information, "{Zone}: booted in {Milliseconds:F2} ms, process 1 is {Pid}")]
    public static partial void Booted(ILogger logger, string zone, double milliseconds, int pid);

    [LoggerMessage(3, LogLevel.Information, "{Zone}: ended with status {Code}")]
    public static partial void Ended(ILogger logger, string zone, int code);

    [LoggerMessage(4, LogLevel.Warning, "{Zone}: {Count} resources of an interrupted operation were found and are released")]
    public static partial void Settling(ILogger logger, string zone, int count);

    [LoggerMessage(5, LogLevel.Warning, "{Zone}: {Kind} {Name} could not be released and stays in the ledger: {Reason}")]
    public static partial void NotReleased(ILogger logger, string zone, string kind, string name, string reason);

    [LoggerMessage(10, LogLevel.Warning, "{Zone}: what a failed {Operation} has made could not be removed: {Reason}")]
    public static partial void NotUndone(ILogger logger, string zone, string operation, string reason);

    [LoggerMessage(6, LogLevel.Information, "recovery: {Adopted} zones adopted, {Released} released")]
    public static partial void Recovered(ILogger logger, int adopted, int released);

    [LoggerMessage(7, LogLevel.Debug, "{Zone}: process {Pid} runs {Command}")]
    public static partial void CommandStarted(ILogger logger, string zone, int pid, string command);

    [LoggerMessage(8, LogLevel.Warning, "{Zone}: booted again after {Code}, attempt {Attempt}")]
    public static partial void Restarted(ILogger logger, string zone, int code, int attempt);

    [LoggerMessage(9, LogLevel.Warning, "{Zone}: is unavailable: {Missing}")]
    public static partial void Unavailable(ILogger logger, string zone, string missing);

    [LoggerMessage(20, LogLevel.Information, "{Zone}: {Count} properties changed")]
    public static partial void Changed(ILogger logger, string zone, int count);

    [LoggerMessage(21, LogLevel.Warning, "{Zone}: an interrupted change of the running zone is undone")]
    public static partial void ChangeUndone(ILogger logger, string zone);
}
