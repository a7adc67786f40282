namespace ClamProxy.TestKit.Corpus;

/// <summary>The checksums that archives carry.</summary>
internal static class Checksums
{
    public static uint Crc32(ReadOnlySpan<byte> content)
    {
        var value = uint.MaxValue;
        foreach (var one in content)
        {
            value ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            }
        }

        return ~value;
    }
}
