using Zones.Tool.Output;

namespace Zones.Tool.Cli;

/// <summary>A line for a person on standard error.</summary>
internal static class Complaint
{
    /// <summary>Writes <c>zone: MESSAGE</c> on one line.</summary>
    public static void Write(string message) => Console.Error.WriteLine("zone: " + Visible.Text(message.ReplaceLineEndings("; ")));

    /// <summary>Writes <c>zone: warning: …</c> for each.</summary>
    public static void Warnings<T>(IEnumerable<T> warnings)
    {
        foreach (T warning in warnings)
        {
            Write("warning: " + warning);
        }
    }
}
