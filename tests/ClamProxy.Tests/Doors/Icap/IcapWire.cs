using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>A client that says exactly what a test has it say.</summary>
internal sealed class IcapWire : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly CancellationTokenSource _late = new(Limit);

    private IcapWire(TcpClient client, Stream stream) => (_client, _stream) = (client, stream);

    public static async Task<IcapWire> ConnectAsync(ProxyWorld world, string from = "127.0.0.1")
    {
        var client = await Http.Wire.ConnectAsync(world.Addresses[2], from);
        return new(client, client.GetStream());
    }

    /// <summary>One request, and what comes of it.</summary>
    public static async Task<IcapAnswer?> AskAsync(ProxyWorld world, string request)
    {
        await using var wire = await ConnectAsync(world);
        await wire.SayAsync(request);
        return await wire.ReadAsync();
    }

    /// <summary>A RESPMOD request with a whole body, as squid sends one without a preview.</summary>
    public static string Respmod(string url, string body, string fields = "", string answerFields = "", string service = "respmod")
    {
        var request = $"GET {url} HTTP/1.1\r\nHost: example.org\r\n\r\n";
        var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{answerFields}\r\n";
        return $"RESPMOD icap://127.0.0.1:1344/{service} ICAP/1.0\r\nHost: 127.0.0.1:1344\r\n{fields}"
            + $"Encapsulated: req-hdr=0, res-hdr={request.Length}, res-body={request.Length + answer.Length}\r\n\r\n"
            + $"{request}{answer}{Chunk(body)}0\r\n\r\n";
    }

    public static string Chunk(string text) => text.Length == 0 ? "" : $"{text.Length:x}\r\n{text}\r\n";

    public Task SayAsync(string text, CancellationToken cancelled = default) => SayAsync(Encoding.Latin1.GetBytes(text), cancelled);

    public async Task SayAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancelled = default) =>
        await _stream.WriteAsync(bytes, cancelled == default ? _late.Token : cancelled);

    public async Task SayByteByByteAsync(string text)
    {
        foreach (var octet in Encoding.Latin1.GetBytes(text))
        {
            await SayAsync(new[] { octet });
        }
    }

    /// <returns>The next answer; null: the connection was closed before it.</returns>
    public async Task<IcapAnswer?> ReadAsync(CancellationToken cancelled = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, _late.Token);
        try
        {
            if (await ReadHeadAsync(either.Token) is not { } head)
            {
                return null;
            }

            var answer = new IcapAnswer(head, "", null);
            var parts = (answer["Encapsulated"] ?? "null-body=0").Split(", ").Select(part => part.Split('=')).ToList();
            var http = await ReadExactlyAsync(int.Parse(parts[^1][1], CultureInfo.InvariantCulture), either.Token);
            var body = parts[^1][0] == "null-body" ? null : await ReadBodyAsync(either.Token);
            return new(head, Encoding.Latin1.GetString(http), body);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether the server has closed its side, and sent nothing more before.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return await _stream.ReadAsync(new byte[1], _late.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Says that nothing more comes.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _late.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Up to an empty line.</summary>
    public Task<string?> ReadHeadAsync() => ReadHeadAsync(_late.Token);

    public Task<byte[]> ReadBodyAsync() => ReadBodyAsync(_late.Token);

    /// <summary>One chunk of a body.</summary>
    public async Task<byte[]> ReadChunkAsync()
    {
        var size = int.Parse(await ReadLineAsync(_late.Token), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var chunk = await ReadExactlyAsync(size, _late.Token);
        Assert.Equal("", await ReadLineAsync(_late.Token));
        return chunk;
    }

    /// <summary>What still comes of a body whose connection ends before its last chunk.</summary>
    public async Task<byte[]> ReadUntilTornAsync()
    {
        byte[] body = [];
        try
        {
            while (await ReadChunkAsync() is { Length: > 0 } chunk)
            {
                body = [.. body, .. chunk];
            }
        }
        catch (IOException)
        {
            return body;
        }

        throw new InvalidOperationException("The body came to its regular end.");
    }

    /// <summary>Whether anything comes within a time; it is left for the next read.</summary>
    public async Task<bool> HasMoreAsync(TimeSpan time)
    {
        using var late = new CancellationTokenSource(time);
        try
        {
            return await _client.Client.ReceiveAsync(new byte[1], SocketFlags.Peek, late.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string?> ReadHeadAsync(CancellationToken cancelled)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var octet = new byte[1];
            if (await _stream.ReadAsync(octet, cancelled) == 0)
            {
                return head.Length == 0 ? null : throw new InvalidOperationException($"a torn answer: {head}");
            }

            head.Append((char)octet[0]);
        }

        return head.ToString();
    }

    private async Task<byte[]> ReadBodyAsync(CancellationToken cancelled)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(cancelled), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await ReadExactlyAsync(size, cancelled));
            Assert.Equal("", await ReadLineAsync(cancelled));
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancelled)
    {
        var line = new StringBuilder();
        while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
        {
            line.Append((char)(await ReadExactlyAsync(1, cancelled))[0]);
        }

        return line.ToString(0, line.Length - 2);
    }

    private async Task<byte[]> ReadExactlyAsync(int length, CancellationToken cancelled)
    {
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes, cancelled);
        return bytes;
    }
}
