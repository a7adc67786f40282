using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Compose;

/// <summary>An HTTP/1.1 upstream with connections that stay open, and another <see cref="ComposedAnswer"/> for every request.</summary>
internal sealed class ComposingOrigin : IAsyncDisposable
{
    private const int LongestHead = 64 << 10;
    private const int Pieces = 12;

    private readonly ConcurrentDictionary<int, int> _asked = [];
    private readonly ComposedFiles _files;
    private readonly ServedWhole _served;
    private readonly int _seed;
    private readonly ConnectionLoop _connections;
    private int _answers;

    public ComposingOrigin(ComposedFiles files, ServedWhole served, int seed)
    {
        (_files, _served, _seed) = (files, served, seed);
        _connections = new ConnectionLoop(new IPEndPoint(IPAddress.Loopback, 0), ServeAsync);
    }

    public string Url => $"http://127.0.0.1:{_connections.Port}";

    public int Answers => Volatile.Read(ref _answers);

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken end)
    {
        socket.NoDelay = true;
        while (await ReadHeadAsync(socket, end) is { } head && await AnswerAsync(socket, head, end))
        {
        }
    }

    private static async Task<string?> ReadHeadAsync(Socket socket, CancellationToken end)
    {
        var head = new StringBuilder();
        var buffer = new byte[8192];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && head.Length < LongestHead)
        {
            if (await socket.ReceiveAsync(buffer, end) is not (var read and > 0))
            {
                return null;
            }

            head.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return head.ToString();
    }

    /// <returns>Whether the connection stays open.</returns>
    private async Task<bool> AnswerAsync(Socket socket, string head, CancellationToken end)
    {
        Interlocked.Increment(ref _answers);
        var line = head.Split(' ');
        if (line.Length < 3 || ComposedFiles.NumberOf(line[1].Split('?')[0]) is not { } number)
        {
            return await SayAsync(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", end);
        }

        if (line[1].StartsWith("/simple/", StringComparison.Ordinal))
        {
            var page = _files.Wheel(number).Index();
            return await SayAsync(
                socket,
                $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {page.Length}\r\n\r\n{Encoding.UTF8.GetString(page)}",
                end);
        }

        var isHead = line[0] == "HEAD";
        var asked = isHead ? 2 : _asked.AddOrUpdate(number, 1, (_, count) => count + 1);
        var isConditional = head.Contains("\r\nIf-None-Match:", StringComparison.OrdinalIgnoreCase)
            || head.Contains("\r\nIf-Modified-Since:", StringComparison.OrdinalIgnoreCase);
        var answer = ComposedAnswer.Of(new Random((_seed * 397) ^ (number * 7919) ^ asked), _files.CleanOf(number), asked, isConditional);
        return await SendAsync(socket, answer, isHead, end);
    }

    private async Task<bool> SendAsync(Socket socket, ComposedAnswer answer, bool isHead, CancellationToken end)
    {
        var framing = answer.Framing switch
        {
            Framing.Length or Framing.LongLength or Framing.ShortLength =>
                string.Create(CultureInfo.InvariantCulture, $"Content-Length: {answer.Announced}\r\n"),
            Framing.Chunked => "Transfer-Encoding: chunked\r\n",
            Framing.UntilClose => "Connection: close\r\n",
        };
        await SayAsync(socket, $"HTTP/1.1 {answer.Status}\r\nContent-Type: application/octet-stream\r\n{framing}{answer.Fields}\r\n", end);
        if (isHead || answer.Status.StartsWith("304", StringComparison.Ordinal))
        {
            return true;
        }

        await SendBodyAsync(socket, answer, end);
        if (answer.Framing == Framing.Chunked && answer.Sent == answer.Body.Length)
        {
            return await SayAsync(socket, "0\r\n\r\n", end);
        }

        var isWhole = answer.Framing is Framing.Length or Framing.ShortLength && answer.Sent == answer.Body.Length;
        if (!isWhole)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        return isWhole;
    }

    private async Task SendBodyAsync(Socket socket, ComposedAnswer answer, CancellationToken end)
    {
        var last = Math.Max(0, answer.Sent - 1);
        for (var piece = 0; piece < Pieces; piece++)
        {
            var (from, to) = ((int)((long)last * piece / Pieces), (int)((long)last * (piece + 1) / Pieces));
            await SendPieceAsync(socket, answer, from, to, end);
            await Task.Delay(answer.Drip / Pieces, end);
        }

        await Task.Delay(answer.Pause, end);
        if (answer.Whole is { } whole)
        {
            _served.Add(whole.Span);
        }

        await SendPieceAsync(socket, answer, last, answer.Sent, end);
    }

    private static async Task SendPieceAsync(Socket socket, ComposedAnswer answer, int from, int to, CancellationToken end)
    {
        if (to == from)
        {
            return;
        }

        var isChunked = answer.Framing == Framing.Chunked;
        if (isChunked)
        {
            await SayAsync(socket, string.Create(CultureInfo.InvariantCulture, $"{to - from:x}\r\n"), end);
        }

        await SendAllAsync(socket, answer.Body.AsMemory(from, to - from), end);
        if (isChunked)
        {
            await SayAsync(socket, "\r\n", end);
        }
    }

    private static async Task<bool> SayAsync(Socket socket, string text, CancellationToken end)
    {
        await SendAllAsync(socket, Encoding.Latin1.GetBytes(text), end);
        return true;
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken end)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, end)..];
        }
    }
}
