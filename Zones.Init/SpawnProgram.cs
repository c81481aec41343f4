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

    private static bool IsDescriptor(int register, int count) => register >= -1 && register < count;
}
