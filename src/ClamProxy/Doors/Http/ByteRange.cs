namespace ClamProxy.Doors.Http;

/// <summary>A part of a file that is there.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Its bytes, at least one.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    public long Last => Start + Length - 1;
}
