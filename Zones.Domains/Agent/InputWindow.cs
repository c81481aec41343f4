namespace Zones.Domains.Agent;

/// <summary>How much of a command's input may be on its way: what the agent has said that the command took, makes room. So the agent never has to leave
/// its port unread for a command that does not read, and a signal is not stuck behind input.</summary>
internal sealed class InputWindow
{
    private readonly object _changed = new();
    private int _room = AgentFrame.InputWindow;
    private bool _closed;

    /// <summary>Waits until there is room.</summary>
    /// <returns>How many bytes; 0 when nobody takes any more.</returns>
    public int Await()
    {
        lock (_changed)
        {
            while (_room == 0 && !_closed)
            {
                Monitor.Wait(_changed);
            }

            return _closed ? 0 : _room;
        }
    }

    /// <summary>Bytes have been sent.</summary>
    public void Take(int bytes)
    {
        lock (_changed)
        {
            _room -= bytes;
        }
    }

    /// <summary>Bytes have been taken by the command, as its agent says, who may say anything.</summary>
    public void Free(int bytes)
    {
        lock (_changed)
        {
            _room += Math.Clamp(bytes, 0, AgentFrame.InputWindow - _room);
            Monitor.PulseAll(_changed);
        }
    }

    /// <summary>Nobody takes any more.</summary>
    public void Close()
    {
        lock (_changed)
        {
            _closed = true;
            Monitor.PulseAll(_changed);
        }
    }
}
