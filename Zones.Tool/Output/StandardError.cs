using System.Text;
using Zones.Interop;

namespace Zones.Tool.Output;

/// <summary>Descriptor 2, for a person. What nobody can read is lost: the exit code still says that something went wrong. Unlike the framework's own it
/// does not prepare a terminal for an editor of lines, which takes escape sequences on standard output.</summary>
internal sealed class StandardError : OneWayStream
{
    private readonly StandardOutput _descriptor = new(2);

    /// <summary>Has <see cref="Console.Error"/> write here.</summary>
    public static void Use() => Console.SetError(new StreamWriter(new StandardError(), new UTF8Encoding(false)) { AutoFlush = true });

    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _descriptor.Write(buffer);
        }
        catch (OutputException)
        {
            // There is no better place to say so.
        }
    }
}
