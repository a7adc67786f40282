using System.IO.Compression;
using System.Text;
using ClamProxy.Core.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ClamProxy.Core.Tests.Compression;

public sealed class ContentCodingTests
{
    private const long NoLimit = long.MaxValue;

    public static TheoryData<string> Forms => ["gzip", "zlib", "raw", "br", "zstd"];

    [Theory]
    [InlineData("", "")]
    [InlineData("identity", "")]
    [InlineData("gzip", "Gzip")]
    [InlineData("X-GZip", "Gzip")]
    [InlineData("deflate", "Deflate")]
    [InlineData("BR", "Brotli")]
    [InlineData("gzip, br", "Gzip Brotli")]
    [InlineData(" gzip ,, identity,deflate ", "Gzip Deflate")]
    [InlineData("gzip|br|deflate", "Gzip Brotli Deflate")]
    [InlineData("zstd", "Zstandard")]
    [InlineData("gzip, ZSTD", "Gzip Zstandard")]
    [InlineData("none", "")]
    [InlineData("utf-8", "")]
    [InlineData("aws-chunked", "")]
    [InlineData("aws-chunked, identity", "")]
    [InlineData("Unknown", "")]
    [InlineData("1", "")]
    [InlineData("gzip, aws-chunked", "Gzip")]
    public void KnownCodings_AreParsedInOrder(string lines, string expected)
    {
        Assert.True(ContentCoding.TryParse(lines.Split('|'), out var codings, out var problem));
        Assert.Null(problem);
        Assert.Equal(expected, string.Join(' ', codings));
    }

    [Theory]
    [InlineData("x-zstd")]
    [InlineData("compress")]
    [InlineData("x-compress")]
    [InlineData("dcb")]
    [InlineData("gzip;q=1")]
    [InlineData("gzip zstd")]
    [InlineData("gzip, compress")]
    [InlineData("aws-chunked, xz")]
    [InlineData("pack200-gzip")]
    [InlineData("x-bzip2")]
    [InlineData("gzip,gzip,gzip,gzip")]
    [InlineData("gzip, none, utf-8")]
    [InlineData("identity, gzip, identity")]
    [InlineData("\"gzip\"")]
    public void OtherCodings_AreAProblem(string value)
    {
        Assert.False(ContentCoding.TryParse([value], out var codings, out var problem));
        Assert.Empty(codings);
        Assert.Matches(@"\w{3}", problem);
    }

    [Theory]
    [InlineData("gzip", "")]
    [InlineData("aws-chunked, utf-8", "")]
    [InlineData("gzip, aws-chunked", "Gzip Zlib|Gzip RawDeflate")]
    [InlineData("identity, br", "Zlib Brotli|RawDeflate Brotli")]
    public void UnknownCodingBesideAKnownOne_MayBeDeflateToSomebody(string value, string guesses) =>
        Assert.Equal(guesses, string.Join('|', ContentCodings.Of([value]).Guesses.Select(guess => string.Join(' ', guess))));

    [Fact]
    public async Task ZstdFrames_AreDecodedToTheLast()
    {
        byte[] encoded =
        [
            .. Encode("zstd", [.. "one "u8]),
            0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7, // a skippable frame
            .. Encode("zstd", []),
            .. Encode("zstd", [.. "two"u8]),
        ];

        foreach (var piece in new[] { 1, 3, 100_000 })
        {
            Assert.Equal("one two"u8.ToArray(), await DecodeAsync(encoded, Coding.Zstandard, piece: piece));
        }
    }

    [Theory]
    [InlineData(23, true)]
    [InlineData(24, false)]
    public async Task ZstdWindow_IsBounded(int windowLog, bool isTaken)
    {
        using var encoded = new MemoryStream();
        await using (var encoder = new CompressionStream(encoded, leaveOpen: true))
        {
            encoder.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, windowLog);
            await encoder.WriteAsync(new byte[20 << 20], TestContext.Current.CancellationToken);
        }

        Assert.Equal(isTaken, await TryDecodeAsync(encoded.ToArray(), Coding.Zstandard, NoLimit) is { Length: 20 << 20 });
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task WholeBody_Decodes(string form)
    {
        foreach (var content in Contents())
        {
            Assert.Equal(content, await DecodeAsync(Encode(form, content), CodingOf(form)));
            Assert.Equal(content, await DecodeAsync(Encode(form, content), CodingOf(form), piece: 1, buffer: 1));
            Assert.Equal(content, await DecodeAsync(Encode(form, content), CodingOf(form), piece: 7, buffer: 100_000));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task BodyCutAnywhere_IsCorrupt(string form)
    {
        var encoded = Encode(form, [.. "some text, some text, some more text, and a tail"u8]);
        for (var length = 1; length < encoded.Length; length++)
        {
            await AssertCorruptAsync(encoded[..length], form, $"cut at {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task LargeBodyCut_IsCorrupt(string form)
    {
        var content = new byte[200_000];
        new Random(7).NextBytes(content);
        var encoded = Encode(form, content);
        int[] lengths = [100, 16 * 1024, 16 * 1024 + 1, 100_000, .. new[] { 9, 8, 4, 1 }.Select(cut => encoded.Length - cut)];
        foreach (var length in lengths)
        {
            await AssertCorruptAsync(encoded[..length], form, $"cut at {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task BytesBehindTheEnd_AreCorrupt(string form)
    {
        var encoded = Encode(form, [.. "text"u8]);
        byte[][] tails =
            [[0], [0x1f], [0x1f, 0x8b], [0x1f, 0x8b, 8], [1, 2, 3, 4, 5], new byte[512], [.. "PK\x03\x04 hidden"u8], new byte[100_000]];
        foreach (var tail in tails)
        {
            await AssertCorruptAsync([.. encoded, .. tail], form, $"{tail.Length} bytes behind");
        }
    }

    [Theory]
    [InlineData("zlib")]
    [InlineData("raw")]
    [InlineData("br")]
    public async Task SecondStreamBehindTheFirst_IsCorrupt(string form)
    {
        var encoded = Encode(form, [.. "text"u8]);
        await AssertCorruptAsync([.. encoded, .. encoded], form, "twice");
    }

    [Fact]
    public async Task GzipMembers_AreDecodedToTheLast()
    {
        byte[] encoded = [.. new[] { "one ", "", "two ", "three" }.SelectMany(text => Encode("gzip", Encoding.ASCII.GetBytes(text)))];

        foreach (var piece in new[] { 1, 2, 3, 10, 100_000 })
        {
            Assert.Equal("one two three"u8.ToArray(), await DecodeAsync(encoded, Coding.Gzip, piece: piece));
        }

        for (var length = 1; length < encoded.Length; length++)
        {
            var isMembersEnd = IsSumOfMembers(encoded, length);
            if (!isMembersEnd)
            {
                await AssertCorruptAsync(encoded[..length], "gzip", $"cut at {length}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task DamagedBody_NeverDecodesToSomethingElse(string form)
    {
        // br and raw deflate carry no checksum: there a flipped bit may give other content, but it must end and not hang.
        byte[] content = [.. "some text, some text, some more text, and a tail"u8];
        var encoded = Encode(form, content);
        for (var bit = 0; bit < encoded.Length * 8; bit++)
        {
            var damaged = encoded.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var decoded = await TryDecodeAsync(damaged, CodingOf(form), 1_000_000);
            if (form is "gzip" or "zlib")
            {
                Assert.True(decoded is null || decoded.SequenceEqual(content), $"bit {bit}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task NoiseOfAnyKind_EndsAsCorruptOrDecoded(string form)
    {
        var random = new Random(42);
        for (var round = 0; round < 300; round++)
        {
            var noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);
            _ = await TryDecodeAsync(noise, CodingOf(form), 1_000_000);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task BodyThatIsNotCodedAtAll_IsCorrupt(string form) =>
        await AssertCorruptAsync([.. "<html>this was never compressed</html>"u8], form, "plain");

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Bomb_StopsAtTheLimitWithFlatMemory(string form)
    {
        const long Limit = 8 * 1024 * 1024;
        var bomb = Bomb(form);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await using var decoded = ContentCoding.Decode(new MemoryStream(bomb), [CodingOf(form)], Limit);
        var buffer = new byte[64 * 1024];
        var seen = 0L;
        var failure = await Assert.ThrowsAsync<ContentTooLargeException>(async () =>
        {
            while (await decoded.ReadAsync(buffer) is var read and > 0)
            {
                seen += read;
            }
        });

        Assert.Equal(Limit, failure.Limit);
        Assert.InRange(seen, Limit - buffer.Length, Limit);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    [Fact]
    public async Task Limit_IsTheLastSizeThatIsTaken()
    {
        var encoded = Encode("gzip", new byte[1000]);

        Assert.Equal(1000, (await DecodeAsync(encoded, Coding.Gzip, limit: 1000)).Length);
        await Assert.ThrowsAsync<ContentTooLargeException>(() => DecodeAsync(encoded, Coding.Gzip, limit: 999));
    }

    [Fact]
    public async Task StackedCodings_AreDecodedLastFirst_EachUnderTheLimit()
    {
        byte[] content = [.. "some text, some text, some text"u8];
        var stacked = Encode("br", Encode("zlib", Encode("gzip", content)));
        Coding[] codings = [Coding.Gzip, Coding.Deflate, Coding.Brotli];

        Assert.Equal(content, await ReadAllAsync(ContentCoding.Decode(new MemoryStream(stacked), codings, NoLimit), 100));
        Array.Reverse(codings);
        await Assert.ThrowsAsync<ContentCodingException>(
            () => ReadAllAsync(ContentCoding.Decode(new MemoryStream(stacked), codings, NoLimit), 100));

        // The layer in between is the bomb: 8 MB of empty gzip members that decode to nothing.
        byte[] empty = Encode("gzip", []);
        var bomb = Encode("gzip", [.. Enumerable.Repeat(empty, 400_000).SelectMany(member => member)]);
        await Assert.ThrowsAsync<ContentTooLargeException>(
            () => ReadAllAsync(ContentCoding.Decode(new MemoryStream(bomb), [Coding.Gzip, Coding.Gzip], 1_000_000), 100));
    }

    [Fact]
    public async Task WithoutCodings_BytesPassUnderTheLimit_AndTheStreamStaysOpen()
    {
        using var plain = new MemoryStream([1, 2, 3]);
        await using (var decoded = ContentCoding.Decode(plain, [], 3))
        {
            Assert.Equal([1, 2, 3], await ReadAllAsync(decoded, 10));
        }

        plain.Position = 0;
        await Assert.ThrowsAsync<ContentTooLargeException>(() => ReadAllAsync(ContentCoding.Decode(plain, [], 2), 10));
        Assert.True(plain.CanRead);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task EmptyBody_IsEmptyContent(string form) => Assert.Empty(await DecodeAsync([], CodingOf(form)));

    private static IEnumerable<byte[]> Contents()
    {
        var random = new byte[70_000];
        new Random(1).NextBytes(random);
        return [[], [7], [.. "hello hello hello hello"u8], new byte[100_000], random, .. Enumerable.Range(10, 12).Select(n => random[..n])];
    }

    private static Coding CodingOf(string form) => form switch
    {
        "gzip" => Coding.Gzip,
        "br" => Coding.Brotli,
        "zstd" => Coding.Zstandard,
        _ => Coding.Deflate,
    };

    private static byte[] Encode(string form, byte[] content)
    {
        using var encoded = new MemoryStream();
        using (var encoder = Encoder(form, encoded))
        {
            encoder.Write(content);
        }

        // .NET writes nothing at all for nothing.
        byte[] emptyMember = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        return encoded.Length == 0 && form == "gzip" ? emptyMember : encoded.ToArray();
    }

    private static Stream Encoder(string form, Stream target) => form switch
    {
        "gzip" => new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true),
        "zlib" => new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true),
        "raw" => new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true),
        "zstd" => new CompressionStream(target, leaveOpen: true),
        _ => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
    };

    private static byte[] Bomb(string form)
    {
        using var encoded = new MemoryStream();
        using (var encoder = Encoder(form, encoded))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 64; i++)
            {
                encoder.Write(zeros);
            }
        }

        return encoded.ToArray();
    }

    private static bool IsSumOfMembers(byte[] encoded, int length) => encoded.AsSpan(length).StartsWith<byte>([0x1f, 0x8b]);

    private static async Task AssertCorruptAsync(byte[] encoded, string form, string what)
    {
        foreach (var piece in new[] { encoded.Length > 4096 ? 997 : 1, int.MaxValue })
        {
            var failure = await Record.ExceptionAsync(() => DecodeAsync(encoded, CodingOf(form), piece: piece));
            Assert.True(failure is ContentCodingException, $"{form} {what}, {piece} at a time: {failure?.ToString() ?? "decoded"}");
        }
    }

    private static async Task<byte[]?> TryDecodeAsync(byte[] encoded, Coding coding, long limit)
    {
        try
        {
            return await DecodeAsync(encoded, coding, limit: limit);
        }
        catch (Exception e) when (e is ContentCodingException or ContentTooLargeException)
        {
            return null;
        }
    }

    private static async Task<byte[]> DecodeAsync(
        byte[] encoded, Coding coding, long limit = NoLimit, int piece = int.MaxValue, int buffer = 8192)
    {
        await using var decoded = ContentCoding.Decode(new TornStream(encoded, piece), [coding], limit);
        return await ReadAllAsync(decoded, buffer);
    }

    private static async Task<byte[]> ReadAllAsync(Stream decoded, int bufferSize)
    {
        using var all = new MemoryStream();
        var buffer = new byte[bufferSize];
        while (await decoded.ReadAsync(buffer) is var read and > 0)
        {
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
