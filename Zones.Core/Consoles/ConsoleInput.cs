using Zones.Interop;

namespace Zones.Consoles;

/// <summary>What is typed on a console. Nobody may have to read it: what no terminal takes within a while is lost. So long is waited for one, too:
/// what a zone prints at its boot can be seen, and answered, before its terminal is joined.</summary>
/// <param name="link">Where to.</param>
internal sealed class ConsoleInput(ConsoleLink link) : OneWayStream
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public override bool CanWrite => true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (buffer.Length > 0 && Environment.TickCount64 < deadline)
        {
            int taken = link.Type(buffer.Span);
            buffer = buffer[taken..];
            if (taken == 0)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
