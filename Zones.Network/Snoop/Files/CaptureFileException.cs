namespace Zones.Network.Snoop.Files;

/// <summary>A capture file is cut short, hostile, or none.</summary>
/// <param name="path">The file, <c>-</c> for the standard input.</param>
/// <param name="message">Lower case; what is wrong, and where.</param>
public sealed class CaptureFileException(string path, string message) : ZoneException($"{(path == "-" ? "standard input" : path)}: {message}");
