namespace ClamProxy.Ranges;

/// <summary>A part of a file.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Its bytes; 0 while a Range field is read: it asks for a part that is not there.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    public long Last => Start + Length - 1;
}
