namespace Zones.Network.Snoop.Files;

/// <summary>Puts packets into the bytes of a format.</summary>
internal interface ICaptureEncoder
{
    void Write(CaptureOutput output, in CapturedPacket packet);

    /// <summary>What a file needs before it is closed.</summary>
    void End(CaptureOutput output);
}
