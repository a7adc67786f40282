using System.Buffers;
using System.IO.Pipelines;
using ClamProxy.Doors.Icap.Protocol;

namespace ClamProxy.Fuzz;

/// <summary>
/// What an ICAP client sends: head, HTTP heads, body in chunks. Whatever the bytes are: nothing is thrown but what says that a body is
/// malformed or torn; HTTP heads lie inside the bytes that are theirs, one behind the other; a body has no more bytes than were sent; and
/// all of it is read alike, whether it comes at once or byte by byte.
/// </summary>
internal static class IcapRequestTarget
{
    private const int MostHead = 4096;
    private const int MostHttpHeads = 8192;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static FuzzTarget Create() => new(
        "icap-request",
        [
            "RESPMOD ", "REQMOD ", "OPTIONS ", "icap://h/respmod", "icap://h/reqmod", " ICAP/1.0\r\n", "\r\n", "\r\n\r\n", "\n", "\0",
            "Encapsulated: ", "req-hdr=0", "res-hdr=", "res-body=", "req-body=", "null-body=0", "opt-body=0", ", ", "Preview: 4\r\n",
            "Allow: 204\r\n", "Transfer-Encoding: chunked\r\n", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "5\r\nhello\r\n",
            "0\r\n\r\n", "0; ieof\r\n\r\n", ";a=b", "ffffffffffffffff", "7fffffffffffffff", "00", "-1",
        ],
        Check);

    private static FuzzOutcome Check(byte[] input)
    {
        var whole = Read(PipeReader.Create(new ReadOnlySequence<byte>(input)), 64 * 1024);
        var pieces = Read(PipeReader.Create(ByteByByte(input)), 1);
        var violation = whole.Violation
            ?? (whole.Class != pieces.Class ? $"read alike: {whole.Class}, byte by byte {pieces.Class}" : null)
            ?? (!whole.Body.AsSpan().SequenceEqual(pieces.Body) ? "the same body byte by byte" : null)
            ?? (whole.Body.Length > input.Length ? "no more bytes than were sent" : null);
        return new(whole.Class, violation);
    }

    private static (string Class, byte[] Body, string? Violation) Read(PipeReader pipe, int bufferBytes)
    {
        var input = new IcapInput(pipe, TimeProvider.System);
        var (bytes, fault) = input.ReadHeadAsync(
            MostHead, Limit, Limit, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();
        if (bytes is null)
        {
            return ($"no head {fault?.Status}", [], null);
        }

        if (IcapHead.Parse(bytes, out fault) is not { } head)
        {
            return ($"head {fault!.Status}", [], null);
        }

        if (Encapsulation.Parse(head.First("Encapsulated") ?? "", head.Method, MostHttpHeads, out fault) is not { } parts)
        {
            return ($"{head.Method} parts {fault!.Status}", [], null);
        }

        if (Misplaced(parts) is { } violation)
        {
            return (head.Method, [], violation);
        }

        if (input.ReadAsync(parts.HeadsLength, Limit, CancellationToken.None).GetAwaiter().GetResult() is not { } heads)
        {
            return ($"{head.Method} heads torn", [], null);
        }

        if (IcapRequest.Read(head, parts, heads, null, out _) is not { } request)
        {
            return ($"{head.Method} heads malformed", [], null);
        }

        // All that a door asks of it.
        _ = (request.Message.Name, request.OwnHead);
        var kind = $"{head.Method} {head.Preview is null} {head.AllowsNoContent} {parts.RequestHead is null} {parts.AnswerHead is null}";
        return parts.Body is null ? ($"{kind} without body", [], null) : ReadBody(pipe, head, kind, bufferBytes);
    }

    private static (string Class, byte[] Body, string? Violation) ReadBody(PipeReader pipe, IcapHead head, string kind, int bufferBytes)
    {
        var asked = 0;
        var ask = () =>
        {
            asked++;
            return ValueTask.CompletedTask;
        };
        using var body = new IcapBody(new ChunkedReader(pipe), head.Preview, ask, stall: null);
        var buffer = new byte[bufferBytes];
        using var content = new MemoryStream();
        try
        {
            while (body.ReadAsync(buffer).AsTask().GetAwaiter().GetResult() is var read and > 0)
            {
                content.Write(buffer, 0, read);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return ($"{kind} {e.GetType().Name} {asked}", [], null);
        }

        return ($"{kind} whole {asked}", content.ToArray(), asked > 1 ? "the rest is asked for once" : null);
    }

    private static string? Misplaced(Encapsulation parts)
    {
        var (request, answer) = (parts.RequestHead, parts.AnswerHead);
        return parts.HeadsLength is < 0 or > MostHttpHeads ? "heads are no longer than may be"
            : new[] { request, answer }.Any(
                range => range is { } one && (one.Start.Value >= one.End.Value || one.End.Value > parts.HeadsLength))
                ? "heads lie where they may"
            : request is { } first && answer is { } second && first.End.Value > second.Start.Value ? "one head behind the other"
            : null;
    }

    private static ReadOnlySequence<byte> ByteByByte(byte[] input)
    {
        if (input.Length == 0)
        {
            return default;
        }

        var first = new Piece(input.AsMemory(0, 1), 0);
        var last = first;
        for (var at = 1; at < input.Length; at++)
        {
            last = last.Append(input.AsMemory(at, 1));
        }

        return new(first, 0, last, 1);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
