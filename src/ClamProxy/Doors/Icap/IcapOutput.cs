using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using ClamProxy.Core.Files;
using ClamProxy.Core.Spool;
using ClamProxy.Doors.Icap.Protocol;
using ClamProxy.Messages;
using Microsoft.AspNetCore.Connections;

namespace ClamProxy.Doors.Icap;

/// <summary>
/// Writes answers to one connection. What decides whether something is bad comes before Encapsulated, where ownCloud and Nextcloud stop
/// reading fields; 100 and 204 have no Encapsulated, which some clients do not bear there (RFC 3507, erratum).
/// </summary>
internal sealed class IcapOutput(PipeWriter pipe, IcapTag tag, IcapOptions options, TimeProvider clock)
{
    private const int PieceBytes = 64 * 1024;

    // Eight hexadecimal digits and the line's end, before each piece.
    private const int MostSizeBytes = 10;

    /// <summary>Whether the connection ends after the answer that is written.</summary>
    public bool Closes { get; set; }

    /// <summary>Whether the head of a message that passes was sent, before its verdict: it passes, or the connection ends.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Bytes of the body of a message that were sent before its verdict.</summary>
    public long Sent { get; private set; }

    /// <summary>The next answer has nothing of the one before.</summary>
    public void Reset() => (HasBegun, Sent) = (false, 0);

    /// <summary>Asks for what comes after the preview.</summary>
    public ValueTask ContinueAsync()
    {
        Write("ICAP/1.0 100 Continue\r\n\r\n");
        return FlushAsync();
    }

    /// <summary>The message passes as it is.</summary>
    public ValueTask NoContentAsync()
    {
        WriteHead("204 No Content", []);
        Write("\r\n");
        return FlushAsync();
    }

    /// <summary>An answer without a message.</summary>
    /// <param name="status">Status and reason phrase.</param>
    public ValueTask StatusAsync(string status, IEnumerable<KeyValuePair<string, string>> fields)
    {
        WriteHead(status, fields);
        Write("Encapsulated: null-body=0\r\n\r\n");
        return FlushAsync();
    }

    /// <summary>The message passes: it goes back byte for byte, to a client that keeps no copy.</summary>
    /// <param name="body">Null: it has none.</param>
    public async ValueTask EchoAsync(IcapRequest request, SpoolFile? body)
    {
        if (!HasBegun)
        {
            WriteEchoHead(request, hasBody: body is not null);
        }

        if (body is not null)
        {
            using var reader = body.OpenReader();
            await WriteBodyAsync(reader);
        }

        await FlushAsync();
    }

    /// <summary>Sends what comes before the body of a message that passes, and nothing of that.</summary>
    public ValueTask BeginEchoAsync(IcapRequest request)
    {
        HasBegun = true;
        WriteEchoHead(request, hasBody: true);
        return FlushAsync();
    }

    /// <summary>Sends some more bytes of the body, behind what was sent of it.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Sent += bytes.Length;
        Write($"{bytes.Length:x}\r\n");
        pipe.Write(bytes.Span);
        Write("\r\n");
        return FlushAsync();
    }

    /// <summary>The message does not pass: an HTTP answer takes its place.</summary>
    /// <param name="fields">What was found.</param>
    public ValueTask ReplaceAsync(MessageReply reply, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var head = Encoding.Latin1.GetBytes(
            $"HTTP/1.1 {reply.Status} {reply.ReasonPhrase}\r\n"
            + string.Concat(reply.Fields.Select(field => $"{field.Key}: {field.Value}\r\n"))
            + "\r\n");
        WriteHead("200 OK", fields);
        Write($"Encapsulated: res-hdr=0, res-body={head.Length}\r\n\r\n");
        pipe.Write(head);
        Write($"{reply.Body.Length:x}\r\n");
        pipe.Write(reply.Body);
        Write("\r\n0\r\n\r\n");
        return FlushAsync();
    }

    private void WriteEchoHead(IcapRequest request, bool hasBody)
    {
        var kind = request.Head.Method == IcapHead.RequestModification ? "req" : "res";
        var head = request.OwnHead;
        WriteHead("200 OK", []);
        Write(head.IsEmpty ? "Encapsulated: " : $"Encapsulated: {kind}-hdr=0, ");
        Write($"{(hasBody ? kind : "null")}-body={head.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");
        pipe.Write(head.Span);
    }

    private async ValueTask WriteBodyAsync(IContentReader body)
    {
        var offset = Sent;
        while (offset < body.Length)
        {
            var memory = pipe.GetMemory(PieceBytes + MostSizeBytes + 2);
            var read = await body.ReadAsync(offset, memory.Slice(MostSizeBytes, PieceBytes), CancellationToken.None);
            if (read == 0)
            {
                throw new IOException("the spool ended before its length");
            }

            Encoding.ASCII.GetBytes($"{read:x8}\r\n", memory.Span);
            "\r\n"u8.CopyTo(memory.Span[(MostSizeBytes + read)..]);
            pipe.Advance(MostSizeBytes + read + 2);
            offset += read;
            await FlushAsync();
        }

        Write("0\r\n\r\n");
    }

    private void WriteHead(string status, IEnumerable<KeyValuePair<string, string>> fields)
    {
        Write($"ICAP/1.0 {status}\r\nISTag: {tag.Text}\r\nServer: ClamProxy\r\n");
        if (Closes)
        {
            Write("Connection: close\r\n");
        }

        foreach (var (name, value) in fields)
        {
            Write($"{name}: {value}\r\n");
        }
    }

    private void Write(string text) => Encoding.Latin1.GetBytes(text, pipe);

    /// <summary>A client that has ended its side may still read: only its silence ends this.</summary>
    private async ValueTask FlushAsync()
    {
        using var late = new CancellationTokenSource(options.SendTimeout, clock);
        try
        {
            if ((await pipe.FlushAsync(late.Token)).IsCompleted)
            {
                throw new ConnectionAbortedException("The client reads no more.");
            }
        }
        catch (OperationCanceledException e)
        {
            throw new ConnectionAbortedException("The client did not take its answer in time (ClamProxy:Icap:SendTimeout).", e);
        }
    }
}
