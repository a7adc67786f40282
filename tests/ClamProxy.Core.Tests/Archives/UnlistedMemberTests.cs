using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>Members that only readers see who do not go by a zip's directory.</summary>
public sealed class UnlistedMemberTests
{
    private const int Patience = 60_000;

    private static readonly string[] InArchives = ["in a zip in a zip", "in a stored zip", "of a listed one in a zip"];

    [Fact(Timeout = Patience)]
    public async Task MemberThatNoDirectoryLists_IsContradictory()
    {
        foreach (var one in UnlistedCases.All())
        {
            var finding = await InspectorRig.AtAsync(one.Body);
            var isOfAMember = InArchives.Any(place => one.Name.Contains(place, StringComparison.Ordinal));
            Assert.True(
                finding.Trouble == (isOfAMember ? ArchiveTrouble.Ambiguous : ArchiveTrouble.Contradictory), $"{one.Name}: {finding}");
        }
    }

    [Fact(Timeout = Patience)]
    public async Task WhatHonestWritersLeaveBetweenMembers_IsNothing()
    {
        var content = RandomNumberGenerator.GetBytes(5000);
        (string Name, byte[] Zip)[] honest =
        [
            ("descriptors", new RawZip { HasDescriptors = true }.Build(("a", content), ("b", content))),
            (
                "stored, with descriptors",
                new RawZip { HasDescriptors = true, Method = 0 }.Build(("a", content), ("b.jar", Packers.Jar(content)))),
            (
                "alignment in front of the data",
                new RawZip { Extra = ZipCases.MarkAt(100, [], 40, 3000), Method = 0 }.Build(("a", content), ("b", content))),
            ("padding in front of the directory", new RawZip { BehindMembers = new byte[4096] }.Build(("a", content))),
            (
                "an apk's signing block",
                new RawZip { BehindMembers = [.. RandomNumberGenerator.GetBytes(4072), .. "APK Sig Block 42"u8] }.Build(("a", content))),
            (
                "a mark that is no member's",
                new RawZip
                {
                    BehindMembers = [.. Encoding.ASCII.GetBytes("the mark PK\u0003\u0004 is a member's"), .. new byte[30]],
                }.Build(("a", content))),
            (
                "an unpacker that knows the marks",
                new RawZip
                {
                    Prefix = [.. "MZ"u8, .. new byte[500], .. "PK\u0003\u0004\u0014\0\0\0\b\0"u8, .. new byte[500]],
                }.Build(("a", content))),
            ("sizes of 64 bits in the members' headers", new RawZip { HasWideMembers = true }.Build(("a", content), ("b", content))),
        ];
        foreach (var (name, zip) in honest)
        {
            var finding = await InspectorRig.AtAsync(zip);
            Assert.True(finding.Trouble is ArchiveTrouble.None, $"{name}: {finding}");
        }
    }

    [Fact(Timeout = Patience)]
    public async Task GapAsLongAsTheFile_IsReadOnce()
    {
        var zip = new RawZip { BehindMembers = new byte[3_000_000] }.Build([1, 2, 3]);
        var content = new CountingContent(zip.Length, (0, zip));
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(content)).Trouble);
        Assert.InRange(content.BytesRead, zip.Length / 2, zip.Length + 300_000);
    }
}
