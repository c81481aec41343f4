using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Zones.Domains.Brand;

namespace Zones.Domains.Microvm;

/// <summary>A conversation with QEMU's monitor (its QMP specification): a JSON object a line, one answer to each command, and events in between, which
/// are passed over. QEMU speaks to one at a time; others wait.</summary>
internal sealed class Qmp : IDisposable
{
    /// <summary>Its socket, in the domain's directory.</summary>
    public const string SocketName = "qmp";

    private const int MostOfLine = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[4096];
    private int _at, _end;

    private Qmp(Socket socket)
    {
        socket.ReceiveTimeout = socket.SendTimeout = (int)Patience.TotalMilliseconds;
        _stream = new(socket, ownsSocket: true);
    }

    /// <summary>Begins one; null when the machine does not answer.</summary>
    public static Qmp? Open(DomainDirectory directory)
    {
        if (directory.Connect(SocketName) is not { } socket)
        {
            return null;
        }

        Qmp qmp = new(socket);
        if (qmp.Read() is { } greeting && greeting.TryGetProperty("QMP", out _) && qmp.Ask("qmp_capabilities") is not null)
        {
            return qmp;
        }

        qmp.Dispose();
        return null;
    }

    /// <summary>Has a command done.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="arguments">A JSON object.</param>
    /// <returns>What it returned; null when it failed, or nobody answers in time.</returns>
    public JsonElement? Ask(string command, string arguments = "{}")
    {
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes($$"""{"execute":"{{command}}","arguments":{{arguments}}}""" + "\n"));
        }
        catch (IOException)
        {
            return null;
        }

        while (Read() is { } message)
        {
            if (message.TryGetProperty("return", out JsonElement result))
            {
                return result;
            }

            if (message.TryGetProperty("error", out _))
            {
                return null;
            }
        }

        return null;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The next message; null when there is none in time, or it is not one.</summary>
    private JsonElement? Read()
    {
        try
        {
            List<byte> line = [];
            while (line.Count < MostOfLine)
            {
                if (_at == _end)
                {
                    (_at, _end) = (0, _stream.Read(_buffer));
                    if (_end == 0)
                    {
                        return null;
                    }
                }

                byte next = _buffer[_at++];
                if (next == (byte)'\n')
                {
                    using JsonDocument message = JsonDocument.Parse(line.ToArray());
                    return message.RootElement.Clone();
                }

                line.Add(next);
            }
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
        }

        return null;
    }
}
