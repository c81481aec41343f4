using System.Net.Sockets;
using Zones.Rpc.Client;

namespace Zones.Rpc.Transport;

/// <summary>What a connection has still to send. Small records are gathered and go out together in one system call; a large one goes
/// out from the memory that it was written to. Whoever adds a record while nobody is sending, sends.</summary>
internal sealed class SendQueue(Socket socket, Action<int> sent, Action<Exception> failed, TimeProvider time) : IThreadPoolWorkItem
{
    private const int LargeRecord = 16 * 1024;
    private const int LargestKept = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<RecordBuffer> _large = new();
    private RecordBuffer _gathered = new();
    private RecordBuffer _spare = new();
    private bool _sending;
    private bool _soon;
    private bool _closed;
    private long _stepBegan;

    /// <summary>When the sending of what is being sent began (a timestamp of the clock); 0 when nothing is.</summary>
    public long StepBegan => Volatile.Read(ref _stepBegan);

    /// <summary>Whether everything is sent.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return !_sending && _gathered.Length == 0 && _large.Count == 0;
            }
        }
    }

    /// <summary>Adds a record; <see cref="Start"/> sends it.</summary>
    /// <param name="record">The record; when this returns true it belongs to the queue.</param>
    /// <returns>Whether the buffer was taken; if not, its contents were copied.</returns>
    public bool Add(RecordBuffer record)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (record.Length < LargeRecord)
            {
                _gathered.Append(record.Memory.Span);
                return false;
            }

            _large.Enqueue(record);
            return true;
        }
    }

    /// <summary>Writes a record in the place where it is sent from.</summary>
    /// <param name="call">Writes it.</param>
    public void Add(PendingCall call)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            int start = _gathered.BeginRecord();
            try
            {
                call.Write(_gathered);
            }
            catch
            {
                _gathered.Truncate(start);
                throw;
            }

            _gathered.EndRecord(start);
        }
    }

    /// <summary>Sends what there is, unless somebody is sending already.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_sending || _closed || (_gathered.Length == 0 && _large.Count == 0))
            {
                return;
            }

            _sending = true;
        }

        _ = SendAsync();
    }

    /// <summary>Sends what there is when the thread pool has done what it has to do before: records that this adds go out with it.</summary>
    public void StartSoon()
    {
        lock (_lock)
        {
            if (_soon || _sending || _closed)
            {
                return;
            }

            _soon = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock)
        {
            _soon = false;
        }

        Start();
    }

    /// <summary>Forgets what is not sent.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            if (!_sending)
            {
                Release();
            }
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (Next() is { } buffer)
            {
                int length = buffer.Length;
                ReadOnlyMemory<byte> rest = buffer.Memory;
                Volatile.Write(ref _stepBegan, time.GetTimestamp());
                while (rest.Length > 0)
                {
                    rest = rest[await socket.SendAsync(rest, SocketFlags.None).ConfigureAwait(false)..];
                }

                Volatile.Write(ref _stepBegan, 0);
                Done(buffer);
                sent(length);
            }

            // Whoever waits for the queue to be empty looked too early until now.
            sent(0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            lock (_lock)
            {
                _sending = false;
                _closed = true;
                Release();
            }

            failed(error);
        }
    }

    private RecordBuffer? Next()
    {
        lock (_lock)
        {
            if (_gathered.Length > 0 && !_closed)
            {
                (_gathered, _spare) = (_spare, _gathered);
                return _spare;
            }

            if (_large.Count > 0 && !_closed)
            {
                return _large.Dequeue();
            }

            _sending = false;
            if (_closed)
            {
                Release();
            }

            return null;
        }
    }

    private void Done(RecordBuffer buffer)
    {
        if (ReferenceEquals(buffer, _spare) && buffer.Capacity <= LargestKept)
        {
            buffer.Truncate(0);
        }
        else
        {
            buffer.Release();
        }
    }

    private void Release()
    {
        _gathered.Release();
        _spare.Release();
        while (_large.TryDequeue(out RecordBuffer? buffer))
        {
            buffer.Release();
        }
    }
}
