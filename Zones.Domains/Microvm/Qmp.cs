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

    /// <summary>Bytes that are read for one answer, with all events before it.</summary>
    private const int MostOfAnswer = 1 << 20;

    /// <summary>For one answer, with all events before it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[4096];
    private int _at, _end, _left;
    private long _deadline;

    private Qmp(Socket socket)
    {
        socket.SendTimeout = (int)Patience.TotalMilliseconds;
        _stream = new(socket, ownsSocket: true);
        Begin();
    }

    /// <summary>Begins one; null when the machine does not answer.</summary>
    public static Qmp? Open(DomainDirectory directory)
    {
        if (directory.Connect(SocketName) is not { } socket)
        {
            return null;
        }

        Qmp qmp = new(socket);
        if (qmp.Read() is { } greeting && Property(greeting, "QMP") is not null && qmp.Ask("qmp_capabilities") is not null)
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

        Begin();
        while (Read() is { ValueKind: JsonValueKind.Object } message && Property(message, "error") is null)
        {
            if (Property(message, "return") is { } result)
            {
                return result;
            }
        }

        return null;
    }

    /// <summary>A property of what QEMU said, which may be anything; null when that is no object, or has none such.</summary>
    public static JsonElement? Property(JsonElement? said, string name)
    {
        try
        {
            return said is { ValueKind: JsonValueKind.Object } map && map.TryGetProperty(name, out JsonElement value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null; // a name that is no text
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Begin() => (_left, _deadline) = (MostOfAnswer, Environment.TickCount64 + (long)Patience.TotalMilliseconds);

    /// <summary>The next message; null when there is none in time, or it is not one.</summary>
    private JsonElement? Read()
    {
        try
        {
            List<byte> line = [];
            while (_left-- > 0)
            {
                if (_at == _end)
                {
                    long left = _deadline - Environment.TickCount64;
                    if (left <= 0)
                    {
                        return null;
                    }

                    _stream.ReadTimeout = (int)left;
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
