namespace Zones.Storage.Fuse;

/// <summary>How long the kernel may go on with what it was told, seconds.</summary>
/// <param name="Entries">Names, those that are not there too.</param>
/// <param name="Attributes">What stat(2) tells; pages and listings are kept until it changes.</param>
internal readonly record struct FuseTimes(uint Entries, uint Attributes);
