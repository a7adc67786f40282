using System.Runtime.InteropServices;

namespace ClamProxy.Core.Files;

/// <summary>struct statx of statx(2): unlike struct stat the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const long NanosPerSecond = 1_000_000_000;
    private const int NanosPerTick = 100;

    [FieldOffset(16)]
    public uint Names;

    [FieldOffset(20)]
    public uint Owner;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Length;

    [FieldOffset(64)]
    public long AccessedSeconds;

    [FieldOffset(72)]
    public uint AccessedNanos;

    [FieldOffset(112)]
    public long ModifiedSeconds;

    [FieldOffset(120)]
    public uint ModifiedNanos;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    public readonly bool IsRegular => (Mode & TypeMask) == RegularFile;

    public readonly FileStamp Stamp =>
        new(((ulong)DeviceMajor << 32) | DeviceMinor, Inode, (long)Length, unchecked((ModifiedSeconds * NanosPerSecond) + ModifiedNanos));

    /// <summary>A time that no DateTimeOffset can hold reads as the oldest: who sets such a time gains nothing.</summary>
    public readonly DateTimeOffset UsedAt =>
        AccessedSeconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(AccessedSeconds).AddTicks(AccessedNanos / NanosPerTick)
            : DateTimeOffset.UnixEpoch;
}
