using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Uploads;

/// <summary>A client that sends requests with bodies, each once.</summary>
internal sealed class UploadAsker(HttpTalk talk)
{
    /// <param name="origin">What knows whether it arrived.</param>
    /// <param name="deadline">A later answer is none.</param>
    public async Task<Answer> SendAsync(Upload upload, UploadOrigin origin, TimeSpan deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(upload.ClientPath, UriKind.Relative));
        request.Content = upload.Form == UploadForm.Chunked
            ? new StreamContent(new MemoryStream(upload.Body(), 0, upload.Body().Length, writable: false, publiclyVisible: false))
            : new ByteArrayContent(upload.Body());
        request.Headers.TransferEncodingChunked = upload.Form == UploadForm.Chunked;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", upload.ContentType);
        if (upload.ContentEncoding is { } coding)
        {
            request.Content.Headers.ContentEncoding.Add(coding);
        }

        var reply = await talk.SendAsync(request, deadline, isOnce: true);
        return reply.Judged(upload.ClientPath, UploadJudge.Of(upload, reply, origin.Has(upload)), upload.IsInfected);
    }

    /// <summary>Puts a file to a place.</summary>
    public async Task<Answer> PutAsync(PublishedFile place, TestFile file, TimeSpan deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(place.ClientPath, UriKind.Relative))
        {
            Content = new ByteArrayContent(file.Bytes()),
        };
        // A field that goes upstream with the body, and tells the origin what it has to be.
        request.Content.Headers.TryAddWithoutValidation("Content-Disposition", file.Path);
        var reply = await talk.SendAsync(request, deadline, isOnce: true);
        var isThere = place.Since(0).Contains(file);
        return reply.Judged(place.ClientPath + file.Path, UploadJudge.OfPut(file, reply, isThere), file.IsInfected);
    }

    /// <summary>Asks for what is at a place.</summary>
    /// <param name="since">From when on what was there may be given.</param>
    public async Task<Answer> GetAsync(PublishedFile place, long since, TimeSpan deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(place.ClientPath, UriKind.Relative));
        var reply = await talk.SendAsync(request, deadline);
        return reply.Judged(place.ClientPath, UploadJudge.OfGet(place, since, reply), isInfected: false);
    }
}
