using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.Sending;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Sending;

/// <summary>Bytes and parts of files go to a real socket whole and in order, or the connection is broken.</summary>
public sealed class SocketOutputTests : IAsyncLifetime
{
    private static readonly TimeSpan Overall = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _deadline = new(Overall);
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(5 << 20);
    private readonly Pipe _original = new();
    private readonly List<Exception> _broken = [];
    private Socket _client = null!;
    private Socket _server = null!;
    private OpenFile _file = null!;
    private SocketOutput _output = null!;

    public async ValueTask InitializeAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 << 10 };
        await _client.ConnectAsync(listener.LocalEndPoint!, _deadline.Token);
        _server = await listener.AcceptAsync(_deadline.Token);
        await File.WriteAllBytesAsync(_folder.File("content"), _content, _deadline.Token);
        _file = new OpenFile(_folder.File("content"), _content.Length);
        _output = new SocketOutput(_server, _original.Writer, _broken.Add);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _server.Dispose();
        _file.Dispose();
        _folder.Dispose();
        _deadline.Dispose();
        return default;
    }

    [Fact]
    public async Task BytesAndFiles_ComeInTheOrderTheyWereWritten()
    {
        var received = ReceiveAsync();
        Write("head ");
        Assert.True(_output.TryWriteFile(_output, _file, 10, 100));
        Write(" between ");
        Write(new string('x', 70_000));
        Assert.True(_output.TryWriteFile(_output, _file, 5_000, 3_000));
        Write(" tail");
        Assert.Equal(5 + 100 + 9 + 70_000 + 3_000 + 5, _output.UnflushedBytes);
        var result = await _output.FlushAsync(_deadline.Token);
        _server.Shutdown(SocketShutdown.Send);

        Assert.False(result.IsCompleted);
        Assert.Equal(0, _output.UnflushedBytes);
        byte[] expected =
        [
            .. "head "u8, .. _content.AsSpan(10, 100), .. " between "u8, .. Encoding.ASCII.GetBytes(new string('x', 70_000)),
            .. _content.AsSpan(5_000, 3_000), .. " tail"u8,
        ];
        Assert.Equal(expected, await received);
    }

    [Fact]
    public async Task SocketThatIsOftenFull_TakesEveryByteOnce()
    {
        var received = ReceiveAsync();
        for (var offset = 0; offset < _content.Length; offset += SocketOutput.MostOfFile)
        {
            Write($"<{offset}>");
            Assert.True(_output.TryWriteFile(_output, _file, offset, SocketOutput.MostOfFile));
            Assert.False((await _output.FlushAsync(_deadline.Token)).IsCompleted);
        }

        _server.Shutdown(SocketShutdown.Send);
        var expected = Enumerable.Range(0, 5).SelectMany(part =>
            Encoding.ASCII.GetBytes($"<{part << 20}>").Concat(_content.AsSpan(part << 20, 1 << 20).ToArray())).ToArray();
        Assert.Equal(SHA256.HashData(expected), SHA256.HashData(await received));
    }

    [Fact]
    public async Task FileThatWasCutShort_IsAFaultAndBreaksTheConnection()
    {
        var received = ReceiveAsync();
        Assert.True(_output.TryWriteFile(_output, _file, _content.Length - 100, 200));
        var result = await _output.FlushAsync(_deadline.Token);
        _server.Dispose();

        Assert.True(result.IsCompleted);
        Assert.IsType<EndOfStreamException>(_output.FileFault);
        Assert.Single(_broken);
        Assert.Equal(_content[^100..], await received);
    }

    [Fact]
    public async Task AfterAFault_NothingMoreIsSent()
    {
        var received = ReceiveAsync();
        Assert.True(_output.TryWriteFile(_output, _file, _content.Length, 1));
        await _output.FlushAsync(_deadline.Token);
        Write("more");
        Assert.True((await _output.FlushAsync(_deadline.Token)).IsCompleted);
        _server.Dispose();

        Assert.Empty(await received);
    }

    [Fact]
    public async Task ClientThatLeaves_EndsTheFlushAndIsNoFaultOfTheFile()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Dispose();
        FlushResult result;
        do
        {
            Assert.True(_output.TryWriteFile(_output, _file, 0, SocketOutput.MostOfFile));
            result = await _output.FlushAsync(_deadline.Token);
        }
        while (!result.IsCompleted);

        Assert.Null(_output.FileFault);
        Assert.IsType<SocketException>(Assert.Single(_broken));
    }

    [Fact]
    public async Task CancelledWhileTheSocketIsFull_NothingMoreIsSent()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token);
        for (var part = 0; part < 5; part++)
        {
            Assert.True(_output.TryWriteFile(_output, _file, part << 20, SocketOutput.MostOfFile));
        }

        var flush = _output.FlushAsync(cancel.Token).AsTask();
        Assert.False(flush.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);

        Write("more");
        Assert.True((await _output.FlushAsync(_deadline.Token)).IsCompleted);
    }

    [Fact]
    public async Task EndedWhileTheSocketIsFull_WhatIsBeingSentStaysWhatItWas()
    {
        var large = new string('a', 8 << 20);
        Write(large);
        var flush = _output.FlushAsync(_deadline.Token).AsTask();
        Assert.False(flush.IsCompleted);
        await _output.CompleteAsync();
        var others = Enumerable.Range(0, 8).Select(_ => System.Buffers.ArrayPool<byte>.Shared.Rent(8 << 20)).ToList();
        others.ForEach(array => Array.Fill(array, (byte)'b'));

        var received = ReceiveAsync();
        await flush;
        _server.Shutdown(SocketShutdown.Send);
        others.ForEach(array => System.Buffers.ArrayPool<byte>.Shared.Return(array));
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(large)), SHA256.HashData(await received));
    }

    [Fact]
    public async Task WriterThatTakesTheMemoryApart_GetsNoFileAndCannotSendTheStandIn()
    {
        var received = ReceiveAsync();
        Write("0123456789");
        Assert.False(_output.TryWriteFile(new Chunking(_output), _file, 0, 100));
        Assert.Throws<InvalidOperationException>(() => _output.Advance(5));
        Write("!");
        await _output.FlushAsync(_deadline.Token);
        _server.Shutdown(SocketShutdown.Send);

        Assert.Equal("0123456789!"u8.ToArray(), await received);
    }

    [Fact]
    public void MoreThanWasGiven_IsNotSent()
    {
        _output.GetMemory(10);

        Assert.Throws<InvalidOperationException>(() => _output.Advance(1 << 20));
    }

    [Fact]
    public async Task End_ReachesTheTransport()
    {
        await _output.CompleteAsync();

        Assert.True((await _original.Reader.ReadAsync(_deadline.Token)).IsCompleted);
    }

    private void Write(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        bytes.CopyTo(_output.GetMemory(bytes.Length));
        _output.Advance(bytes.Length);
    }

    private async Task<byte[]> ReceiveAsync()
    {
        await Task.Yield();
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        while (await _client.ReceiveAsync(buffer, _deadline.Token) is var read and > 0)
        {
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    /// <summary>What an HTTP server does that sends chunks: it keeps room for a chunk's length before what it hands out.</summary>
    private sealed class Chunking(PipeWriter inner) : PipeWriter
    {
        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint)[4..];

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes) => inner.Advance(bytes + 4);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
