using System.Text;
using System.Text.Json;
using ClamProxy.Core.Uploads;

namespace ClamProxy.Core.Tests.Uploads;

/// <summary>The readers of npm's publish body, against the framework's own, however the bytes come.</summary>
public sealed class JsonAttachmentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Attachments_AreFoundHoweverTheBytesCome(int piece)
    {
        const string Json = """
            {"a":"_attachments","x":{"data":"no"},"_attachments":{"one":{"content_type":"t","data":"QUJD","length":3},
            "two":{"data":"R\u0045\/G","deep":{"data":"\"q"}}},"data":"no","l":["data","no",{"_attachments":[{"data":"SEI="}]}]}
            """;

        Assert.Equal(["QUJD", "R\\u0045\\/G", "\\\"q", "SEI="], await FindAsync(Json, piece));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("[1 2]")]
    [InlineData("[1]]")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":'b'}")]
    [InlineData("\"a\\x\"")]
    [InlineData("\"a\\u12g4\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("1 1")]
    [InlineData("{\"a\":1}//")]
    public async Task TextThatIsNoJson_Fails(string text) =>
        await Assert.ThrowsAsync<UnreadableBodyException>(() => FindAsync(text, 3));

    [Fact]
    public async Task NestingIsBounded() =>
        await Assert.ThrowsAsync<UnreadableBodyException>(
            () => FindAsync(new string('[', 2000) + new string(']', 2000), 100, mustBeJson: false));

    [Fact]
    public async Task WhatTheFrameworkReads_IsRead()
    {
        var random = new Random(20);
        for (var round = 0; round < 300; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => (char)random.Next(1, 0x300))]);
            var json = JsonSerializer.Serialize(new Dictionary<string, object>
            {
                [text] = new object?[] { text, null, true, -1.5, Array.Empty<int>() },
                ["_attachments"] = new Dictionary<string, object> { [text] = new Dictionary<string, string> { ["data"] = text } },
            });

            var quoted = Assert.Single(await FindAsync(json, random.Next(1, 20)));
            Assert.Equal(text, Encoding.UTF8.GetString(await ReadAsync(new JsonStringStream(StreamOf(quoted)))));
        }
    }

    [Fact]
    public async Task Base64_IsDecodedAsTheFrameworkDoes()
    {
        var random = new Random(81);
        for (var length = 0; length < 200; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var text = Convert.ToBase64String(bytes);

            Assert.Equal(bytes, await ReadAsync(new Base64Stream(StreamOf(text), Base64Reading.Strict)));
            Assert.Equal(bytes, await ReadAsync(new Base64Stream(StreamOf(text.TrimEnd('=')), Base64Reading.Strict)));
            foreach (var reading in new[] { Base64Reading.BothAlphabets, Base64Reading.StandardAlphabet, Base64Reading.UntilPadding })
            {
                Assert.Equal(bytes, await ReadAsync(new Base64Stream(StreamOf("{" + string.Join("*", text.AsEnumerable())), reading)));
            }
        }
    }

    [Theory]
    [InlineData(nameof(Base64Reading.BothAlphabets), false)]
    [InlineData(nameof(Base64Reading.StandardAlphabet), true)]
    public async Task HyphenBeforeBase64_IsReadAsItsReceiverDoes(string reading, bool isPassedOver)
    {
        var decoded = await ReadAsync(new Base64Stream(StreamOf("-QUJDREVG"), Enum.Parse<Base64Reading>(reading)));

        Assert.Equal(isPassedOver, decoded.AsSpan().StartsWith("ABC"u8));
    }

    [Fact]
    public async Task TextBehindPadding_IsLeftOutWhereReadersStopThere() =>
        Assert.Equal("A"u8.ToArray(), await ReadAsync(new Base64Stream(StreamOf("QQ==QQ=="), Base64Reading.UntilPadding)));

    [Theory]
    [InlineData("{\"_Attachments\":{\"a\":{\"Data\":\"QUJD\"}}}")]
    [InlineData("{\"_attachment\u017f\":{\"a\":{\"data\":\"QUJD\"}}}")]
    [InlineData("{\"_attachment\\u017f\":{\"a\":{\"d\\u0041ta\":\"QUJD\"}}}")]
    public async Task NamesThatSomeReaderTakesForThose_Count(string json) => Assert.Equal(["QUJD"], await FindAsync(json, 5));

    [Theory]
    [InlineData("{\"_attachments\":{\"a\":{\"data\":[81,82]}}}")]
    [InlineData("{\"_attachments\":{\"a\":{\"data\":{\"type\":\"Buffer\",\"data\":[1]}}}}")]
    [InlineData("{\"_attachments\":{\"a\":{\"data\": null}}}")]
    public async Task DataThatIsNoString_IsRefusedWhateverTheTextIsCalled(string json) =>
        await Assert.ThrowsAsync<UnreadableBodyException>(() => FindAsync(json, 5, mustBeJson: false));

    [Fact]
    public async Task EscapedBackslashBeforeALetterU_IsNoEscapeOfANumber() =>
        Assert.Empty(await FindAsync("{\"C:\\\\users\":1,\"\\\\uzzzz\":2}", 3));

    [Theory]
    [InlineData("QU*D")]
    [InlineData("-UJD")]
    [InlineData("QQ==QQ==")]
    public async Task OtherText_IsNoBase64(string text) =>
        await Assert.ThrowsAsync<FormatException>(() => ReadAsync(new Base64Stream(StreamOf(text), Base64Reading.Strict)));

    private static MemoryStream StreamOf(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<List<string>> FindAsync(string json, int piece, bool mustBeJson = true)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        using var body = new PieceReader(bytes, piece);
        var found = new List<string>();
        await foreach (var part in new JsonAttachments(body).FindAsync(mustBeJson, TestContext.Current.CancellationToken))
        {
            found.Add(Encoding.UTF8.GetString(bytes, (int)part.Start, (int)part.Length));
        }

        return found;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, 8, TestContext.Current.CancellationToken);
        return all.ToArray();
    }
}
