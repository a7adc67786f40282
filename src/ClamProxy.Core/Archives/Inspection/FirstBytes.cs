namespace ClamProxy.Core.Archives.Inspection;

/// <summary>What a file begins with, against lists of marks.</summary>
internal static class FirstBytes
{
    public static bool StartsWithOneOf(this ReadOnlySpan<byte> head, byte[][] marks)
    {
        foreach (var mark in marks)
        {
            if (head.StartsWith(mark))
            {
                return true;
            }
        }

        return false;
    }
}
