using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using ClamProxy.Doors.Http.Pipelining;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What is read of the requests that wait behind another one on their connection.</summary>
public sealed class WaitingHeadsTests
{
    private const string One = "GET /one?x=%20 HTTP/1.1\r\nHost: p:80\r\nAccept:  a/b \r\naccept: c/d\r\n\r\n";

    [Fact]
    public void Head_IsReadAsItWasSent()
    {
        var (head, _) = Assert.Single(Read(One));

        Assert.Equal("/one?x=%20", head.Target);
        Assert.Equal(["a/b", "c/d"], head.Fields["Accept"].ToArray());
        Assert.Equal("p:80", head.Fields["Host"].ToString());
        Assert.Equal(2, head.Fields.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void ManyHeads_InPiecesOfAnySize_AreReadInOrderUpToAsManyAsAllowed(int piece)
    {
        var bytes = string.Concat(Enumerable.Range(0, 6).Select(number => $"GET /{number} HTTP/1.1\r\nHost: p\r\n\r\n"));

        Assert.Equal(["/0", "/1", "/2", "/3"], Read(bytes, most: 4, piece).Select(one => one.Head.Target));
        Assert.Equal(6, Read(bytes, most: 100, piece).Count);
    }

    [Fact]
    public void TornHead_IsNoneUntilItIsWhole()
    {
        var bytes = One + "GET /two HTTP/1.1\r\nHost: p\r\n\r\n";
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(length < One.Length ? 0 : 1, Read(bytes[..length]).Count);
        }

        Assert.Equal(2, Read(bytes).Count);
    }

    [Fact]
    public async Task BrokenConnection_HasNothingThatWaits()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(One), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync(new IOException("Connection reset by peer"));

        Assert.False(WaitingHeads.HasAny(pipe.Reader));
        Assert.Empty(WaitingHeads.Peek(pipe.Reader, 4));
    }

    [Fact]
    public void SameHead_HasTheSameKey()
    {
        var keys = Read($"{One}{One}GET /two HTTP/1.1\r\nHost: p\r\n\r\n").Select(one => one.Key).ToList();

        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[0], keys[2]);
    }

    [Theory]
    [InlineData("POST /x HTTP/1.1\r\nHost: p\r\nContent-Length: 0")]
    [InlineData("HEAD /x HTTP/1.1\r\nHost: p")]
    [InlineData("get /x HTTP/1.1\r\nHost: p")]
    [InlineData("GET /x HTTP/1.0\r\nHost: p")]
    [InlineData("GET /x  HTTP/1.1\r\nHost: p")]
    [InlineData("GET /x y HTTP/1.1\r\nHost: p")]
    [InlineData("GET  HTTP/1.1\r\nHost: p")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("GET http://q/x HTTP/1.1\r\nHost: p")]
    [InlineData("GET /x#y HTTP/1.1\r\nHost: p")]
    [InlineData("GET /x%00y HTTP/1.1\r\nHost: p")]
    [InlineData("GET /\u00e9 HTTP/1.1\r\nHost: p")]
    [InlineData("\r\nGET /x HTTP/1.1\r\nHost: p")]
    [InlineData("GET /x HTTP/1.1\nHost: p")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nHost: p")]
    [InlineData("GET /x HTTP/1.1\r\nHost:")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p/q")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nContent-Length: 0")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\ncontent-length: 3")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nTransfer-Encoding : chunked")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nX: y\r\n Transfer-Encoding: chunked")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nX: y\rz")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nX: y\nz: a")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nX: \0")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nX: \u00e9")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\n: y")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\ny")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nExpect: 100-continue")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nConnection: close")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nConnection: keep-alive, Upgrade")]
    [InlineData("GET /x HTTP/1.1\r\nHost: p\r\nUpgrade: h2c")]
    [InlineData("PRI * HTTP/2.0")]
    public void OddHead_StopsTheLook(string odd)
    {
        Assert.Empty(Read($"{odd}\r\n\r\n{One}"));
        Assert.Single(Read($"{One}{odd}\r\n\r\n{One}"));
    }

    [Fact]
    public void LongHeadOrManyFields_StopTheLook()
    {
        var fields = string.Concat(Enumerable.Repeat("a: b\r\n", 100));

        Assert.Empty(Read($"GET /x HTTP/1.1\r\nHost: p\r\n{fields}\r\n{One}"));
        Assert.Empty(Read($"GET /x HTTP/1.1\r\nHost: p\r\nX: {new string('y', WaitingHead.MostBytes)}\r\n\r\n{One}"));
    }

    [Fact]
    public async Task Peek_LeavesEverythingThere()
    {
        var pipe = new Pipe();
        Assert.False(WaitingHeads.HasAny(pipe.Reader));
        Assert.Empty(WaitingHeads.Peek(pipe.Reader, 4));
        await pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes(One));

        Assert.True(WaitingHeads.HasAny(pipe.Reader));
        Assert.Single(WaitingHeads.Peek(pipe.Reader, 4));

        var read = await pipe.Reader.ReadAsync();
        Assert.Equal(One, Encoding.Latin1.GetString(read.Buffer));
    }

    [Fact]
    public async Task CancelledRead_IsLeftToTheServer()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes(One));
        pipe.Reader.CancelPendingRead();

        Assert.Single(WaitingHeads.Peek(pipe.Reader, 4));

        Assert.True((await pipe.Reader.ReadAsync()).IsCanceled);
    }

    private static IReadOnlyList<(WaitingHead Head, int Key)> Read(string text, int most = 4, int piece = 1 << 20) =>
        WaitingHeads.Read(Pieces(Encoding.Latin1.GetBytes(text), piece), most);

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, int size)
    {
        var first = new Piece(bytes.AsMemory(0, Math.Min(size, bytes.Length)), 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
        {
            last = last.Append(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> bytes, long at) => (Memory, RunningIndex) = (bytes, at);

        public Piece Append(ReadOnlyMemory<byte> bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
