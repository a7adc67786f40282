using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>One connection that is kept open, on which header fields are sent as they are: no HTTP client lets them all through.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client;
    private readonly PipeReader _answers;

    private RawClient(TcpClient client)
    {
        _client = client;
        _answers = PipeReader.Create(client.GetStream());
    }

    public static async Task<RawClient> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        return new RawClient(client);
    }

    /// <param name="path">The raw path of a GET.</param>
    /// <param name="fields">Whole header lines, each with its line end.</param>
    public Task<RawAnswer> GetAsync(string path, string fields, CancellationToken cancellationToken) =>
        AskAsync("GET", path, fields, cancellationToken);

    /// <inheritdoc cref="GetAsync"/>
    public async Task<RawAnswer> AskAsync(string method, string path, string fields, CancellationToken cancellationToken)
    {
        var request = Encoding.Latin1.GetBytes($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n");
        await _client.GetStream().WriteAsync(request, cancellationToken);
        var head = await ReadHeadAsync(cancellationToken);
        var length = head.Status == 304 || method == "HEAD" ? 0 : int.Parse(head["Content-Length"]!, CultureInfo.InvariantCulture);
        if (length == 0)
        {
            return head;
        }

        var body = await _answers.ReadAtLeastAsync(length, cancellationToken);
        var bytes = body.Buffer.Slice(0, length);
        var answer = head with { Body = Encoding.Latin1.GetString(bytes.ToArray()) };
        _answers.AdvanceTo(bytes.End);
        return answer;
    }

    public void Dispose() => _client.Dispose();

    private async Task<RawAnswer> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _answers.ReadAsync(cancellationToken);
            var reader = new SequenceReader<byte>(read.Buffer);
            if (reader.TryReadTo(out ReadOnlySequence<byte> head, "\r\n\r\n"u8))
            {
                var answer = RawAnswer.OfHead(Encoding.Latin1.GetString(head.ToArray()));
                _answers.AdvanceTo(reader.Position);
                return answer;
            }

            Assert.False(read.IsCompleted, "the connection was closed");
            _answers.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
