using System.Net;
using System.Net.Sockets;
using Zones.Rpc.Transport;

namespace Zones.Tests.Rpc.Server;

/// <summary>Finding records, of any size and in any pieces, while earlier ones are still in use.</summary>
public sealed class RecordReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Records_come_out_as_they_went_in_while_earlier_ones_are_held(int seed)
    {
        (Socket sender, Socket receiver) = Pair();
        using (sender)
        using (receiver)
        {
            Random random = new(seed);
            byte[][] records = [.. Enumerable.Range(0, 400).Select(_ => Record(random))];
            Task sending = Task.Run(() =>
            {
                foreach (byte[] record in records)
                {
                    Send(sender, random, record);
                }

                sender.Shutdown(SocketShutdown.Send);
            });

            // Each record is looked at again a good while later, when others have come.
            Queue<(ReadOnlyMemory<byte> Record, ReceiveBlock Block, int Number)> held = new();
            int number = 0;
            using RecordReader reader = new(receiver, 1 << 20);
            do
            {
                while (reader.TryRead(out ReadOnlyMemory<byte> record))
                {
                    reader.Block.Hold();
                    held.Enqueue((record, reader.Block, number++));
                    if (held.Count > seed * 7)
                    {
                        Release(held.Dequeue());
                    }
                }
            }
            while (await reader.ReceiveAsync(TestContext.Current.CancellationToken) > 0);
            while (held.TryDequeue(out (ReadOnlyMemory<byte> Record, ReceiveBlock Block, int Number) last))
            {
                Release(last);
            }

            Assert.Equal(records.Length, number);
            Assert.False(reader.IsInRecord);
            await sending;

            void Release((ReadOnlyMemory<byte> Record, ReceiveBlock Block, int Number) one)
            {
                Assert.True(one.Record.Span.SequenceEqual(records[one.Number]));
                one.Block.Release();
            }
        }
    }

    [Fact]
    public async Task A_promise_of_a_long_record_gets_no_memory_before_its_bytes()
    {
        (Socket sender, Socket receiver) = Pair();
        using (sender)
        using (receiver)
        {
            using RecordReader reader = new(receiver, 512 << 20);
            sender.Send([.. RawClient.Words(0x8000_0000 | (500 << 20)), .. new byte[100]]);
            await reader.ReceiveAsync(TestContext.Current.CancellationToken);
            Assert.False(reader.TryRead(out _));
            Assert.True(reader.IsInRecord);
            sender.Send(new byte[100]);
            await reader.ReceiveAsync(TestContext.Current.CancellationToken);
            Assert.Equal(64 * 1024, reader.Block.Array.Length);
        }
    }

    private static byte[] Record(Random random)
    {
        byte[] record = new byte[random.Next(4) switch { 0 => random.Next(10), 1 => random.Next(70_000), 2 => random.Next(300_000), _ => random.Next(500) }];
        random.NextBytes(record);
        return record;
    }

    private static void Send(Socket sender, Random random, byte[] record)
    {
        for (int at = 0; ;)
        {
            int length = random.Next(3) == 0 ? random.Next(record.Length - at + 1) : record.Length - at;
            bool last = at + length == record.Length;
            sender.Send(RawClient.Fragment(record.AsSpan(at, length), last));
            at += length;
            if (last)
            {
                return;
            }
        }
    }

    private static (Socket Sender, Socket Receiver) Pair()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Socket sender = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndPoint!);
        return (sender, listener.Accept());
    }
}
