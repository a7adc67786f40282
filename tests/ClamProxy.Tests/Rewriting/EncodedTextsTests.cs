using ClamProxy.Rewriting;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Rewriting;

public sealed class EncodedTextsTests
{
    private static readonly EncodedTextKey Key = new(
        "ab", "rules", "pypi", ForeignLinks.Warn, "https://pypi.org/simple/a/", null, "text/html");

    [Fact]
    public void Text_IsFoundByAllThatItWasMadeOf()
    {
        using var texts = new EncodedTexts(1 << 20, TimeProvider.System);
        texts.Keep(Key, Encode(texts, "text"u8)!);

        Assert.Equal("text"u8.ToArray(), CodedBody.FromGzip(texts.Find(Key with { })!.Bytes.ToArray()));
        EncodedTextKey[] others =
        [
            Key with { Sha256 = "cd" }, Key with { Rules = "others" }, Key with { Route = "npm" },
            Key with { Foreign = ForeignLinks.Allow }, Key with { Asked = "https://pypi.org/simple/b/" },
            Key with { Page = "https://pypi.org/a/" }, Key with { Content = "text/plain" },
        ];
        Assert.All(others, other => Assert.Null(texts.Find(other)));
    }

    [Fact]
    public void TextThatIsTooLongForItsPart_IsNotCoded()
    {
        using var texts = new EncodedTexts(80_000, TimeProvider.System);

        Assert.NotNull(Encode(texts, RandomBody.Of(9000)));
        Assert.Null(Encode(texts, RandomBody.Of(11_000)));
        Assert.Null(Encode(texts, RandomBody.Of(1_000_000)));
        Assert.Null(Encode(texts, []));
    }

    [Fact]
    public void Room_IsNeverExceeded()
    {
        using var texts = new EncodedTexts(80_000, TimeProvider.System);
        for (var i = 0; i < 50; i++)
        {
            texts.Keep(Key with { Route = $"{i}" }, Encode(texts, RandomBody.Of(9000))!);
        }

        Assert.InRange(Enumerable.Range(0, 50).Sum(i => texts.Find(Key with { Route = $"{i}" })?.Bytes.Length ?? 0), 0, 80_000);
    }

    [Fact]
    public void Writers_AreBounded()
    {
        using var texts = new EncodedTexts(1 << 20, TimeProvider.System);
        var writers = Enumerable.Range(0, 9).Select(_ => texts.TryBegin()).ToList();

        Assert.Equal(8, writers.Count(writer => writer is not null));
        writers[0]!.Dispose();
        using var another = texts.TryBegin();
        Assert.NotNull(another);
        writers.Skip(1).ToList().ForEach(writer => writer?.Dispose());
    }

    [Fact]
    public void TextThatNobodyAsksForAnyMore_IsLetGo()
    {
        var clock = new ShiftedTimeProvider();
        using var texts = new EncodedTexts(1 << 20, clock);
        texts.Keep(Key, Encode(texts, "text"u8)!);

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(texts.Find(Key));
        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Null(texts.Find(Key));
    }

    [Fact]
    public void NoRoom_NothingIsCoded()
    {
        using var texts = new EncodedTexts(0, TimeProvider.System);

        Assert.False(texts.IsOn);
        Assert.Null(texts.TryBegin());
    }

    private static EncodedText? Encode(EncodedTexts texts, ReadOnlySpan<byte> text)
    {
        using var writer = texts.TryBegin()!;
        writer.Write(text);
        return writer.Finish(0);
    }
}
