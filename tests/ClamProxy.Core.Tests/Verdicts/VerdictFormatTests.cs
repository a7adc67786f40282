using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class VerdictFormatTests
{
    [Fact]
    public void BytesSpoiledAnyhow_AreNothingOrACoherentRecordOfTheKey()
    {
        var random = new Random(20260101);
        byte[][] originals =
        [
            VerdictFormat.Write(Records.Content, Records.Clean),
            VerdictFormat.Write(Records.Content, Records.Infected),
            VerdictFormat.Write(Records.Content, Records.Unscannable),
            VerdictFormat.Write(Records.CleanUrl),
        ];
        for (var turn = 0; turn < 20_000; turn++)
        {
            var bytes = originals[turn % originals.Length][..];
            for (var spoiled = random.Next(1, 4); spoiled > 0; spoiled--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            bytes = bytes[..random.Next(bytes.Length - 1, bytes.Length + 1)];
            if (VerdictFormat.ReadContent(Records.Content, bytes) is { } content)
            {
                Assert.Null(RecordRules.Problem(Records.Content, content));
            }

            if (VerdictFormat.ReadUrl(bytes) is { } url)
            {
                Assert.Null(RecordRules.Problem(url));
            }
        }
    }

    [Fact]
    public void BytesThatAreNoUtf8InsideAString_AreNothing()
    {
        var bytes = VerdictFormat.Write(Records.Content, Records.Infected);
        bytes[bytes.AsSpan().IndexOf("Eicar"u8)] = 0xff;
        Assert.Null(VerdictFormat.ReadContent(Records.Content, bytes));
    }

    [Fact]
    public void EachRecord_IsShort()
    {
        Assert.InRange(VerdictFormat.Write(Records.CleanUrl).Length, 100, 300);
        Assert.InRange(VerdictFormat.Write(Records.Content, Records.Unscannable).Length, 100, 400);
    }
}
