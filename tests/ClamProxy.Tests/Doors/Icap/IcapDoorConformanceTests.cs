using System.Globalization;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>Answers that a proxy lends by RESPMOD, in previews and with 204, as squid does.</summary>
public class IcapDoorConformanceTests : ContentDoorConformance, IDisposable
{
    private const int PieceBytes = 50_000;
    private const int Preview = 1024;

    protected TempFolder Data { get; } = TempFolder.ForScratch();

    protected override string[] DoorSettings => ["--DOORS=proxy,icap"];

    public virtual void Dispose()
    {
        Data.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<DoorAnswer?> SendAsync(ProxyWorld world, SentContent content, CancellationToken leaving)
    {
        await using var wire = await IcapWire.ConnectAsync(world);
        var request = $"GET http://example.org/{content.Name}/{content.Bytes.Length} HTTP/1.1\r\nHost: example.org\r\n\r\n";
        var answer = "HTTP/1.1 200 OK\r\n" + (content.IsAnnounced ? $"Content-Length: {content.Bytes.Length}\r\n\r\n" : "\r\n");
        await wire.SayAsync(
            "RESPMOD icap://127.0.0.1/respmod ICAP/1.0\r\nHost: 127.0.0.1\r\nAllow: 204\r\n" + $"Preview: {Preview}\r\n"
            + $"Encapsulated: req-hdr=0, res-hdr={request.Length}, res-body={request.Length + answer.Length}\r\n\r\n{request}{answer}",
            leaving);
        var sent = content.CutAfter ?? content.Bytes.Length;
        var whole = content.Bytes.Length <= Preview;
        await SayChunksAsync(wire, content.Bytes.AsMemory(0, Math.Min(sent, Preview)), leaving);
        if (content.CutAfter is { } cut && cut < Preview)
        {
            wire.EndSending();
            return Read(await wire.ReadAsync(leaving));
        }

        await wire.SayAsync(whole ? "0; ieof\r\n\r\n" : "0\r\n\r\n", leaving);
        var first = await wire.ReadAsync(leaving);
        if (first is not { Status: 100 })
        {
            return Read(first);
        }

        Assert.False(whole);
        try
        {
            await SayChunksAsync(wire, content.Bytes.AsMemory(Preview, sent - Preview), leaving);
            if (content.CutAfter is null)
            {
                await wire.SayAsync("0\r\n\r\n", leaving);
            }
            else
            {
                wire.EndSending();
            }
        }
        catch (IOException)
        {
            // An answer came early, and the connection is closed behind it.
        }

        return Read(await wire.ReadAsync(leaving));
    }

    private static async Task SayChunksAsync(IcapWire wire, ReadOnlyMemory<byte> bytes, CancellationToken leaving)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
            await wire.SayAsync(piece.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n", leaving);
            await wire.SayAsync(piece, leaving);
            await wire.SayAsync("\r\n", leaving);
            bytes = bytes[piece.Length..];
        }
    }

    private static DoorAnswer? Read(IcapAnswer? answer)
    {
        if (answer is null)
        {
            return null;
        }

        Assert.Matches("^\"[0-9a-f]{24}\"$", answer["ISTag"]);
        return answer switch
        {
            { Status: 204 } => new DoorAnswer.Passed(),
            { Status: 200 } => Refusal(answer),
            _ => new DoorAnswer.Failed(answer["X-Response-Info"]!),
        };
    }

    private static DoorAnswer.Refused Refusal(IcapAnswer answer)
    {
        Assert.StartsWith("HTTP/1.1 403 Forbidden: ", answer.HttpStatus, StringComparison.Ordinal);
        Assert.NotNull(answer["X-Virus-ID"]);
        var verdict = answer.HttpHead.Split("\r\n").Single(line => line.StartsWith("Scan-Verdict: ", StringComparison.Ordinal));
        return new(verdict["Scan-Verdict: ".Length..]);
    }
}
