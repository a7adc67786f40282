using System.Net.Http.Headers;

namespace ClamProxy.Soak.Worlds;

/// <summary>A client of immutable files that checks every byte it gets.</summary>
/// <param name="talk">The port it asks.</param>
/// <param name="upstream">The URL of the files, as the proxy reaches it.</param>
internal sealed class Asker(HttpTalk talk, string upstream)
{
    /// <summary>Asks once.</summary>
    /// <param name="deadline">A later answer is none.</param>
    /// <param name="began">Called with the first byte of the body.</param>
    /// <param name="leaveAfter">Goes away after so many bytes of body.</param>
    public async Task<Answer> AskAsync(
        TestFile file,
        TimeSpan deadline,
        (int From, int To)? range = null,
        bool cacheScan = true,
        Action? began = null,
        int leaveAfter = int.MaxValue)
    {
        using var request = Request(file, range, cacheScan);
        var reply = await talk.SendAsync(request, deadline, began, leaveAfter);
        var kind = reply.IsLate ? AnswerKind.Late
            // Bytes of a trickle to another client of this address may still be leaving.
            : range is not null && reply.IsOtherPart ? AnswerKind.Error
            : Judge.Of(file, range, reply.Status, reply.Verdict, reply.Body, reply.IsWhole);
        return reply.Judged(file.Path, kind, file.IsInfected);
    }

    /// <summary>Asks, and once more if a trickle was broken off.</summary>
    public async Task<Answer> AskTillSettledAsync(TestFile file, TimeSpan deadline) =>
        await AskAsync(file, deadline) is { IsBrokenOffForGood: false } settled ? settled : await AskAsync(file, deadline);

    private HttpRequestMessage Request(TestFile file, (int From, int To)? range, bool cacheScan)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(file.Path, UriKind.Relative));
        request.Headers.Add("Download-From", upstream);
        request.Headers.Add("Cache-Scan", cacheScan ? "True" : "False");
        request.Headers.Range = range is var (from, to) ? new RangeHeaderValue(from, to) : null;
        return request;
    }
}
