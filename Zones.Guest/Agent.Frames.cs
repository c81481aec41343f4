using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Zones.Domains.Agent;
using Zones.Wire;

namespace Zones.Guest;

/// <content>What is said on the port: frames, one way and the other.</content>
internal sealed unsafe partial class Agent
{
    /// <summary>A connection that is closed while something of the host's is unread is cut off, and what is on its way to the host is lost: the host closes first. A port of the
    /// machine's is no socket, and is just left.</summary>
    private void LetGo()
    {
        const int writing = 1;
        if (Kernel.Call(Linux.Shutdown, _port, writing) == 0)
        {
            while (Fill(_buffer.AsSpan(0, 1)))
            {
            }
        }
    }

    private bool Answer(int errno, string step)
    {
        byte[] text = Encoding.UTF8.GetBytes(step);
        byte[] content = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(content, errno);
        text.CopyTo(content, 4);
        Send(AgentFrame.Started, content);
        FlushAll();
        return errno == 0;
    }

    private void SendNumber(byte kind, int number)
    {
        Span<byte> word = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(word, number);
        Send(kind, word);
    }

    private void Send(byte kind, ReadOnlySpan<byte> content)
    {
        byte[] frame = new byte[AgentFrame.HeaderLength + content.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame.AsSpan(AgentFrame.HeaderLength));
        _unsent.AddRange(frame);
        Flush();
    }

    /// <summary>Sends what the port takes at once; the rest waits.</summary>
    private void Flush()
    {
        fixed (byte* start = CollectionsMarshal.AsSpan(_unsent))
        {
            long written = _unsent.Count == 0 ? 0 : Kernel.Call(Linux.Write, _port, (long)start, _unsent.Count);

            // A host that is gone is seen where the port is read.
            _unsent.RemoveRange(0, written is < 0 and not -Linux.EAGAIN ? _unsent.Count : (int)Math.Max(0, written));
        }
    }

    /// <summary>Sends all of it, however long that takes.</summary>
    private void FlushAll()
    {
        Call.Write(_port, CollectionsMarshal.AsSpan(_unsent));
        _unsent.Clear();
    }

    /// <summary>Its first byte occurs in it once, so there is no way back in the middle.</summary>
    private bool SkipToBeginning()
    {
        Span<byte> one = stackalloc byte[1];
        for (int matched = 0; matched < AgentFrame.Beginning.Length;)
        {
            if (!Fill(one))
            {
                return false;
            }

            matched = one[0] == AgentFrame.Beginning[matched] ? matched + 1 : one[0] == AgentFrame.Beginning[0] ? 1 : 0;
        }

        return true;
    }

    /// <summary>Null when the host is gone, or says what it should not.</summary>
    private byte[]? ReadFrame(out byte kind)
    {
        kind = 0;
        if (!Fill(_header))
        {
            return null;
        }

        kind = _header[0];
        int length = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(1));
        byte[] content = length is >= 0 and <= AgentFrame.MostContent ? new byte[length] : [];
        return length is >= 0 and <= AgentFrame.MostContent && Fill(content) ? content : null;
    }

    private bool Fill(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                long read = Kernel.Call(Linux.Read, _port, (long)(start + done), bytes.Length - done);
                if (read == -Linux.EAGAIN)
                {
                    PollEntry entry = new() { Fd = _port, Events = PollEntry.In };
                    Kernel.Call(Linux.Poll, &entry, 1, -1);
                    continue;
                }

                if (read <= 0)
                {
                    return false;
                }

                done += (int)read;
            }
        }

        return true;
    }
}
