namespace ClamProxy.Core.Jobs.Doors;

/// <summary>The classes that metrics tell contents apart by.</summary>
internal static class SizeClass
{
    private const long K = 1L << 10;
    private const long M = 1L << 20;
    private const long G = 1L << 30;

    /// <param name="bytes">The content's size.</param>
    public static string Of(long bytes) => bytes switch
    {
        < K => "tiny_lt1k",
        < 100 * K => "small_1k_100k",
        < M => "medium_100k_1m",
        < 100 * M => "large_1m_100m",
        < G => "xlarge_100m_1g",
        < 10 * G => "huge_1g_10g",
        _ => "massive_gt10g",
    };
}
