using Zones.Wire;

namespace Zones.Init;

/// <summary>A request, checked and relocated in the buffer it came in.</summary>
internal unsafe struct SpawnProgram
{
    public SpawnRequest* Header;
    public Step* Outside;
    public Step* Inside;
    public byte* Blob;

    /// <summary>Finds the parts of a message and turns the blob's offsets into addresses; false when its sizes do not add up.
    /// The sender is root and may have anything executed: this guards against mistakes and other versions, not against it.</summary>
    public static bool TryRead(byte* message, int length, int descriptors, ref SpawnProgram program)
    {
        SpawnRequest* header = (SpawnRequest*)message;
        if (length < sizeof(SpawnRequest) || header->Magic != SpawnRequest.CurrentMagic
            || (uint)header->OutsideSteps > 4096 || (uint)header->InsideSteps > 4096
            || (uint)header->Relocations > 65536 || (uint)header->BlobLength > SpawnRequest.MaxBytes
            || !IsDescriptor(header->CgroupRegister, descriptors) || !IsDescriptor(header->PidNamespaceRegister, descriptors)
            || !IsDescriptor(header->ReportRegister, descriptors) || !IsDescriptor(header->ExitRegister, descriptors)
            || !IsDescriptor(header->OwnerRegister, descriptors))
        {
            return false;
        }

        long steps = (long)(header->OutsideSteps + header->InsideSteps) * sizeof(Step);
        if (sizeof(SpawnRequest) + steps + (header->Relocations * 4L) + header->BlobLength != length)
        {
            return false;
        }

        program.Header = header;
        program.Outside = (Step*)(message + sizeof(SpawnRequest));
        program.Inside = program.Outside + header->OutsideSteps;
        int* relocations = (int*)(program.Inside + header->InsideSteps);
        program.Blob = (byte*)(relocations + header->Relocations);
        for (int i = 0; i < header->OutsideSteps + header->InsideSteps; i++)
        {
            if (!IsSound(program.Outside + i, header->BlobLength))
            {
                return false;
            }
        }

        for (int i = 0; i < header->Relocations; i++)
        {
            int at = relocations[i];
            if (at < 0 || at > header->BlobLength - sizeof(long))
            {
                return false;
            }

            *(long*)(program.Blob + at) += (long)program.Blob;
        }

        return true;
    }

    /// <summary>Whether the registers and the data that a step names exist.</summary>
    private static bool IsSound(Step* step, int blobLength)
    {
        if (step->Result is not Step.NoRegister and >= SpawnRequest.RegisterCount)
        {
            return false;
        }

        for (int i = 0; i < 6; i++)
        {
            ulong most = (step->Pointers & (1 << i)) != 0 ? (ulong)blobLength
                : (step->Registers & (1 << i)) != 0 ? SpawnRequest.RegisterCount - 1
                : ulong.MaxValue;
            if ((ulong)step->A[i] > most)
            {
                return false;
            }
        }

        // These write where a plain number says.
        int room = step->Op switch
        {
            StepOp.Store32 => sizeof(int),
            StepOp.Store64 => sizeof(long),
            _ => 0,
        };
        return room == 0 || (((step->Pointers | step->Registers) & 1) == 0 && step->A[0] >= 0 && step->A[0] <= blobLength - room);
    }

    private static bool IsDescriptor(int register, int count) => register >= -1 && register < count;
}
