using Zones.Wire;

namespace Zones.Init;

/// <summary>A child that is in a zone's mount and user namespaces and does there what its manager sends it, one small program of system
/// calls after the other (the inside steps of a <see cref="SpawnRequest"/>). What a program opens in its first result register goes back
/// with the answer. It decides nothing, has only what a zone's root could do to the zone's files, and ends with the conversation.</summary>
internal static unsafe class Hand
{
    private const int MostBytes = 64 << 10;

    /// <summary>Serves for ever; does not return.</summary>
    /// <param name="socket">The conversation; nothing else stays open, so that the report pipe's end says that all is ready.</param>
    public static void Serve(int socket)
    {
        Kernel.Call(Linux.Dup3, socket, 0, 0);
        Kernel.Call(Linux.CloseRange, 1, uint.MaxValue, 0);
        Kernel.Name("zone-hand\0"u8);
        byte* buffer = (byte*)Kernel.Call(Linux.Mmap, 0, MostBytes, 3 /* PROT_READ|WRITE */, 0x22 /* MAP_PRIVATE|ANONYMOUS */, -1, 0);
        long* registers = stackalloc long[SpawnRequest.RegisterCount];
        int* descriptors = stackalloc int[SpawnRequest.MaxDescriptors];
        while (true)
        {
            int length = Packets.Receive(0, buffer, MostBytes, descriptors, out int count);
            if (length <= 0)
            {
                Kernel.Exit(0);
            }

            for (int i = 0; i < SpawnRequest.RegisterCount; i++)
            {
                registers[i] = i < count ? descriptors[i] : -1;
            }

            Answer(buffer, length, count, registers);
            Packets.CloseAll(descriptors, count);
        }
    }

    private static void Answer(byte* buffer, int length, int count, long* registers)
    {
        HandReply reply = new() { Errno = Linux.EINVAL };
        SpawnProgram program = default;
        if (SpawnProgram.TryRead(buffer, length, count, ref program))
        {
            Interpreter.Machine machine = new()
            {
                Steps = program.Inside,
                Count = program.Header->InsideSteps,
                Blob = program.Blob,
                Registers = registers,
                Rendezvous = -1,
                Report = -1,
            };
            reply.Errno = Interpreter.Run(ref machine);
        }

        int opened = (int)registers[SpawnRequest.FirstResult];
        Packets.Send(0, &reply, sizeof(HandReply), &opened, reply.Errno == 0 && opened >= 0 ? 1 : 0);
        Kernel.Close(opened);
    }
}
