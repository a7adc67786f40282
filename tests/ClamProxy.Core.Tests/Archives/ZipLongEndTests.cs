using System.Buffers.Binary;
using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>zip64: read for the scanner where all readers agree, refused where they may not.</summary>
public sealed class ZipLongEndTests
{
    private const int Patience = 60_000;

    [Fact(Timeout = Patience)]
    public async Task JarOf70000Members_IsScannedByItself()
    {
        var jar = new RawZip { HasWideEnd = true }.Build(
            [.. Enumerable.Range(0, 70_000).Select(number => ($"c/{number}", Array.Empty<byte>()))]);
        var finding = await InspectorRig.AtAsync(jar);
        Assert.Equal((ArchiveTrouble.None, 1), (finding.Trouble, finding.Embedded.Count));
        Assert.Equal(
            ArchiveTrouble.TooMuch, (await InspectorRig.AtAsync(jar, new ArchiveOptions { MaxMembers = 69_999 })).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task EndThatAgreesAsFarAsItFits_IsRead()
    {
        var zip = new RawZip { HasWideEnd = true }.Build(("a", [1]), ("b", [2]));
        await InspectorRig.AssertAsync(ArchiveTrouble.None, zip);
        await InspectorRig.AssertAsync(
            ArchiveTrouble.None,
            new RawZip { HasWideEnd = true, End = end => (end[8], end[9], end[10], end[11]) = (2, 0, 2, 0) }.Build(("a", [1]), ("b", [2])));
        await InspectorRig.AssertAsync(ArchiveTrouble.None, new RawZip().Build(("a.zip", zip)));
    }

    /// <summary>Each of them somebody reads otherwise.</summary>
    [Fact(Timeout = Patience)]
    public async Task EndsThatDoNotAgree_AreRefused()
    {
        var zip = new RawZip { HasWideEnd = true }.Build(("a", [1]), ("b", [2]));
        const int End64 = 22 + 20 + 56;
        (string Name, byte[] Zip)[] others =
        [
            ("another offset of 32 bits", Replaced(zip, ^6, 1)),
            ("another length of 32 bits", Replaced(zip, ^10, 1)),
            ("another number of members", Changed(zip, ^(End64 - 32), 1)),
            ("another length of 64 bits", Changed(zip, ^(End64 - 40), 1)),
            ("another offset of 64 bits", Changed(zip, ^(End64 - 48), 1)),
            ("another size of itself", Changed(zip, ^(End64 - 4), 1)),
            ("a locator that names another place", Changed(zip, ^(22 + 20 - 8), 1)),
            ("many disks", Changed(zip, ^(22 + 20 - 16), 1)),
            ("something in front of the archive", [.. "#!/bin/sh\n"u8, .. zip]),
        ];
        foreach (var (name, other) in others)
        {
            var finding = await InspectorRig.AtAsync(other);
            Assert.True(finding.Trouble is ArchiveTrouble.TooMuch or ArchiveTrouble.Contradictory, $"{name}: {finding}");
        }
    }

    private static byte[] Changed(byte[] bytes, Index at, byte by)
    {
        var changed = bytes.ToArray();
        changed[at] = (byte)(changed[at] + by);
        return changed;
    }

    private static byte[] Replaced(byte[] bytes, Index at, uint value)
    {
        var changed = bytes.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan()[at..], value);
        return changed;
    }
}
