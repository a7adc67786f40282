using System.Runtime.InteropServices;

namespace ClamProxy.Core.Files;

/// <summary>struct statvfs of statvfs(3), as glibc and musl have it on processors of 64 bits; larger than either.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatvfsBuffer
{
    [FieldOffset(8)]
    public ulong BlockBytes;

    [FieldOffset(16)]
    public ulong Blocks;

    [FieldOffset(32)]
    public ulong FreeBlocks;

    [FieldOffset(40)]
    public ulong Files;

    [FieldOffset(56)]
    public ulong FreeFiles;

    public readonly FileSystemRoom Room => new(
        Signed((UInt128)Blocks * BlockBytes), Signed((UInt128)FreeBlocks * BlockBytes), Signed(Files), Signed(FreeFiles));

    private static long Signed(UInt128 count) => (long)UInt128.Min(long.MaxValue, count);
}
