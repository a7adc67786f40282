using System.Text;
using ClamProxy.Core.Files;
using ClamProxy.Core.Messages;
using ClamProxy.TestKit;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Tests.Messages;

/// <summary>Where the parts of a multipart body are.</summary>
public sealed class MultipartPartsTests
{
    private const string Head = "\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Type: application/x\r\n\r\n";

    [Fact]
    public async Task Form_EachPartIsWhatIsBehindItsHead() =>
        Assert.Equal(
            ["first", "two\r\nlines\r\n", "b"],
            await PartsAsync($"preamble\r\n--x{Head}first\r\n--x{Head}two\r\nlines\r\n\r\n--x\r\n\r\nb\r\n--x--\r\nepilogue"));

    [Fact]
    public async Task BareLineFeeds_AreLineBreaksToo() =>
        Assert.Equal(["one", "two"], await PartsAsync("--x\nA: b\n\none\n--x\nA: b\n\ntwo\n--x--\n"));

    [Fact]
    public async Task DelimiterInsideALine_IsContent() =>
        Assert.Equal(["a --x b"], await PartsAsync($"--x{Head}a --x b\r\n--x--"));

    [Fact]
    public async Task LongerDelimiter_EndsThePartAllTheSame() =>
        Assert.Equal(["one", "two"], await PartsAsync($"--x{Head}one\r\n--xz\r\n\r\ntwo"));

    [Fact]
    public async Task EndMissing_WhatIsThereIsAPart() => Assert.Equal(["one"], await PartsAsync($"--x{Head}one"));

    [Fact]
    public async Task HeadWithoutEnd_IsLookedAtAsAWhole() => Assert.Equal(["\r\nA: b"], await PartsAsync("--x\r\nA: b\r\n--x--"));

    [Theory]
    [InlineData("")]
    [InlineData("--x--")]
    [InlineData("--x\r\n\r\n\r\n--x--\r\n")]
    [InlineData("nothing of the kind")]
    public async Task NothingInParts_IsNone(string body) => Assert.Empty(await PartsAsync(body));

    /// <summary>Where a block ends, a delimiter may be cut anywhere.</summary>
    [Fact]
    public async Task AnyLengthBeforeADelimiter_FindsIt()
    {
        for (var padding = 65_500; padding < 65_620; padding++)
        {
            var content = RandomText(padding);
            Assert.Equal([content, "b"], await PartsAsync($"--x{Head}{content}\r\n--x\r\n\r\nb\r\n--x--\r\n"));
        }
    }

    private static string RandomText(int length) =>
        string.Create(length, RandomBody.Of(length), (text, bytes) =>
        {
            for (var place = 0; place < text.Length; place++)
            {
                text[place] = (char)('a' + (bytes[place] % 26));
            }
        });

    private static async Task<List<string>> PartsAsync(string body)
    {
        var bytes = Encoding.Latin1.GetBytes(body);
        using var reader = new BytesReader(bytes);
        var parts = new List<string>();
        await foreach (var (start, length) in MultipartParts.FindAsync(reader, "x", CancellationToken.None))
        {
            parts.Add(Encoding.Latin1.GetString(bytes, (int)start, (int)length));
        }

        return parts;
    }

    private sealed class BytesReader(byte[] bytes) : IContentReader
    {
        public long Length => bytes.Length;

        public SafeFileHandle? File => null;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            var count = (int)Math.Min(into.Length, bytes.Length - offset);
            bytes.AsSpan((int)offset, count).CopyTo(into.Span);
            return ValueTask.FromResult(count);
        }

        public void Dispose()
        {
        }
    }
}
