using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>Members that have directories themselves.</summary>
public sealed class MemberInspectionTests
{
    private const int Patience = 60_000;

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(8)]
    public async Task ZipBehindAScriptInAZip_IsScannedByItself(int method)
    {
        var inner = new RawZip
        {
            Prefix = "#!/usr/bin/env python3\n"u8.ToArray(),
            HasDescriptors = true,
        }.Build(("a", new byte[300_000]), ("b", [1, 2, 3]));
        var finding = await InspectorRig.AtAsync(new RawZip { Method = (ushort)method }.Build(("a.txt", [1]), ("tool.pyz", inner)));
        Assert.Equal((ArchiveTrouble.None, 1), (finding.Trouble, finding.Embedded.Count));
    }

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(8)]
    public async Task ZipBehindAScriptInAZipWhoseDirectoryIsLong_IsScannedByItself(int method)
    {
        (string, byte[])[] members = [.. Enumerable.Range(0, 5000).Select(number => ($"folder/{number}", new byte[] { 1 }))];
        var inner = new RawZip { Prefix = "#!/usr/bin/env python3\n"u8.ToArray(), CountsPrefix = true, Method = 0 }.Build(members);
        var finding = await InspectorRig.AtAsync(new RawZip { Method = (ushort)method }.Build(("tool.pyz", inner)));
        Assert.Equal((ArchiveTrouble.None, 1), (finding.Trouble, finding.Embedded.Count));
    }

    [Theory(Timeout = Patience)]
    [InlineData(0, 0)]
    [InlineData(8, 0)]
    [InlineData(0, 65_535)]
    [InlineData(8, 65_535)]
    public async Task ZipBehindAScriptInAZipThatTheScannerPassesOver_IsRefused(int method, int comment)
    {
        var inner = new RawZip { Prefix = new byte[1000], HasWideEnd = true, Comment = new byte[comment] }.Build([1, 2, 3]);
        Assert.Equal(
            ArchiveTrouble.Ambiguous,
            (await InspectorRig.AtAsync(new RawZip { Method = (ushort)method }.Build(("tool.pyz", inner)))).Trouble);
    }

    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(8)]
    public async Task CabinetInAZipWithAFileOverTheLimit_IsTooLarge(int method)
    {
        byte[] Zip(int length) =>
            new RawZip { Method = (ushort)method }.Build(("a.cab", Packers.Cabinet(new byte[length], isPacked: true)));
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(Zip((int)InspectorRig.Limit))).Trouble);
        Assert.Equal(ArchiveTrouble.TooLarge, (await InspectorRig.AtAsync(Zip((int)InspectorRig.Limit + 1))).Trouble);
        Assert.Equal(ArchiveTrouble.TooLarge, (await InspectorRig.AtAsync(new RawZip().Build(Zip((int)InspectorRig.Limit + 1)))).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task LargeCabinetInAZip_IsJudgedByItsFirstBytes()
    {
        var cabinet = Packers.Cabinet(new byte[900_000], isPacked: false);
        Assert.Equal(
            ArchiveTrouble.None,
            (await InspectorRig.AtAsync(new RawZip().Build(("a.cab", cabinet)), new ArchiveOptions { MaxInflated = 500_000 })).Trouble);
    }

    [Theory(Timeout = Patience)]
    [InlineData(InspectorRig.Limit, long.MaxValue, ArchiveTrouble.None)]
    [InlineData(600_000, long.MaxValue, ArchiveTrouble.None)]
    [InlineData(599_999, long.MaxValue, ArchiveTrouble.TooLarge)]
    [InlineData(InspectorRig.Limit, 600_300, ArchiveTrouble.None)]
    [InlineData(InspectorRig.Limit, 600_200, ArchiveTrouble.TooLarge)]
    public async Task HiddenArchiveThatAnotherScannerCalledClean_IsJudgedByThatScannersLimits(long member, long total, object trouble)
    {
        var zip = new RawZip { Prefix = "#!/bin/sh\n"u8.ToArray(), Method = 0 }.Build(("a", new byte[600_000]), ("b", new byte[100]));
        Assert.Equal((ArchiveTrouble)trouble, (await InspectorRig.AtAsync(zip, shown: new ArchiveLimits(member, total))).Trouble);
    }
}
