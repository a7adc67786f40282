using ClamProxy.Core.Archives;
using ClamProxy.Core.Files;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>Looks into files, with a scanner that looks at members of 1 MiB and calls everything clean.</summary>
internal static class InspectorRig
{
    public const long Limit = 1 << 20;

    public static Task<ArchiveFinding> AtAsync(
        byte[] content, ArchiveOptions? options = null, ArchiveLimits? limits = null, ArchiveLimits? shown = null) =>
        AtAsync(new CountingContent(content.Length, (0, content)), options, limits, shown);

    /// <param name="limits">What the scanner of the whole was shown to look at.</param>
    /// <param name="shown">The same of the one that hidden archives are scanned by.</param>
    public static async Task<ArchiveFinding> AtAsync(
        IContentReader content, ArchiveOptions? options = null, ArchiveLimits? limits = null, ArchiveLimits? shown = null)
    {
        using var meters = new TestMeters();
        using var look = new ArchiveInspector(options ?? new ArchiveOptions(), new ArchiveMetrics(meters), TimeProvider.System);
        return await look.LookAsync(
            content,
            limits ?? new ArchiveLimits(Limit, long.MaxValue),
            (_, _, _) => Task.FromResult(shown),
            TestContext.Current.CancellationToken);
    }

    public static async Task AssertAsync(ArchiveTrouble trouble, byte[] content)
    {
        var finding = await AtAsync(content);
        Assert.True(trouble == finding.Trouble, finding.ToString());
    }
}
