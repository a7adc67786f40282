namespace ClamProxy.Core.Objects.S3;

/// <summary>How long to wait until a store is asked again whether it can be used.</summary>
internal static class CheckPause
{
    private const int Doublings = 3;
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    /// <param name="failures">
    /// Looks in a row that found a problem: a store that starts with this process is there some seconds later.
    /// </param>
    /// <param name="usual">Where the last one found none.</param>
    public static TimeSpan After(int failures, TimeSpan usual) =>
        failures == 0 ? usual : failures <= Doublings + 1 ? s_first * (1 << (failures - 1)) : s_longest;
}
