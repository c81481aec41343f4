using System.Buffers.Binary;
using CsCheck;
using Zones.Rpc;

namespace Zones.Tests.Rpc.Xdr;

/// <summary>The code that the compiler writes, over random values of every type of every protocol.</summary>
public sealed class GeneratedCodeTests
{
    [Fact]
    public void What_is_read_is_written_the_same()
    {
        foreach (XdrSubject subject in XdrSubject.All)
        {
            subject.Random.Sample(bytes =>
            {
                Assert.Equal(bytes, subject.Recode(bytes, true));
                Assert.Equal(bytes, subject.Recode(bytes, false));
            }, iter: 100, threads: 1);
        }
    }

    [Fact]
    public void A_record_cut_off_anywhere_is_refused()
    {
        foreach (XdrSubject subject in XdrSubject.All)
        {
            subject.Random.Sample(bytes =>
            {
                for (int length = 0; length < bytes.Length; length++)
                {
                    byte[] cut = bytes[..length];
                    Assert.Throws<XdrException>(() => subject.Recode(cut, true));
                }
            }, iter: 3, threads: 1);
        }
    }

    [Fact]
    public void A_hostile_word_anywhere_is_refused_or_means_something_and_allocates_next_to_nothing()
    {
        foreach (XdrSubject subject in XdrSubject.All)
        {
            subject.Random.Sample(bytes =>
            {
                for (int at = 0; at + sizeof(uint) <= Math.Min(bytes.Length, 400); at += sizeof(uint))
                {
                    foreach (uint word in (uint[])[uint.MaxValue, int.MaxValue, 0x4000_0000, 0x0100_0000, 2])
                    {
                        byte[] hostile = [.. bytes];
                        BinaryPrimitives.WriteUInt32BigEndian(hostile.AsSpan(at), word);
                        long before = GC.GetAllocatedBytesForCurrentThread();
                        try
                        {
                            subject.Recode(hostile, true);
                        }
                        catch (XdrException)
                        {
                        }

                        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024 + (64 * bytes.Length));
                    }
                }
            }, iter: 3, threads: 1);
        }
    }

    [Fact]
    public void Any_bytes_are_refused_or_read_and_written_the_same()
    {
        foreach (XdrSubject subject in XdrSubject.All)
        {
            Gen.Select(subject.Random, Gen.Int, Gen.Byte).Sample((bytes, at, value) =>
            {
                byte[] changed = [.. bytes];
                if (changed.Length > 0)
                {
                    changed[(int)((uint)at % changed.Length)] = value;
                }

                try
                {
                    Assert.Equal(changed, subject.Recode(changed, true));
                }
                catch (XdrException)
                {
                }
            }, iter: 100, threads: 1);
        }
    }
}
