using System.Net;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

/// <summary><c>POST /scan</c> as a door that takes contents.</summary>
public class ScanDoorTests : ContentDoorConformance, IDisposable
{
    protected TempFolder Data { get; } = TempFolder.ForScratch();

    protected override string[] DoorSettings => ["--DOORS=proxy,api", $"--DATA_PATH={Data.Path}", "--ClamProxy:Objects:MinFree=0"];

    public virtual void Dispose()
    {
        Data.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<DoorAnswer?> SendAsync(ProxyWorld world, SentContent content, CancellationToken leaving)
    {
        using var client = new HttpClient { BaseAddress = new UriBuilder(world.Addresses[2]).Uri };
        using var body = new StreamContent(content.ToStream());
        body.Headers.ContentLength = content.IsAnnounced ? content.Bytes.Length : null;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/scan", UriKind.Relative)) { Content = body };
        request.Headers.TransferEncodingChunked = !content.IsAnnounced;
        try
        {
            using var answer = await client.SendAsync(request, leaving);
            var json = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsByteArrayAsync(leaving));
            return answer.StatusCode switch
            {
                HttpStatusCode.OK when json.GetProperty("verdict").GetString() == "clean" => new DoorAnswer.Passed(),
                HttpStatusCode.OK => new DoorAnswer.Refused(json.GetProperty("verdict").GetString()!),
                HttpStatusCode.RequestEntityTooLarge => new DoorAnswer.Refused("unscannable"),
                _ => new DoorAnswer.Failed(json.GetProperty("type").GetString()!["urn:clamproxy:problem:".Length..]),
            };
        }
        catch (HttpRequestException) when (content.CutAfter is not null)
        {
            return null;
        }
    }
}
