using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Uploads;

/// <summary>Tells what the answer to an upload was worth. What reached the origin is the origin's to judge.</summary>
internal static class UploadJudge
{
    /// <param name="isThere">Whether its body reached the origin as a whole.</param>
    public static AnswerKind Of(Upload upload, Reply reply, bool isThere)
    {
        if (HoldsEicar(reply) || (upload.File.IsInfected && isThere))
        {
            return AnswerKind.Unscanned;
        }

        return reply.Status is >= 200 and < 300
            ? OfTaken(upload, reply, isThere)
            : OfRefused(reply, upload.IsInfected && upload.File.IsInfected != isThere);
    }

    public static AnswerKind OfPut(TestFile file, Reply reply, bool isThere) =>
        HoldsEicar(reply) || (file.IsInfected && isThere) ? AnswerKind.Unscanned
        : reply.Status is not (>= 200 and < 300) ? OfRefused(reply, file.IsInfected)
        : file.IsInfected ? AnswerKind.Unscanned
        : !isThere || reply.Body.Length > 0 ? AnswerKind.Dishonest
        : AnswerKind.Right;

    public static AnswerKind OfGet(PublishedFile place, long since, Reply reply)
    {
        if (HoldsEicar(reply))
        {
            return AnswerKind.Unscanned;
        }

        if (reply is { Status: 404, IsWhole: true })
        {
            return place.Since(since).Count == 0 ? AnswerKind.Right : AnswerKind.Dishonest;
        }

        if (reply.Status != 200)
        {
            return OfRefused(reply, mayRefuse: false);
        }

        var had = place.Since(0).Where(file => file.Bytes().AsSpan().StartsWith(reply.Body)).ToArray();
        return had.Length == 0 ? AnswerKind.Wrong
            : !reply.IsWhole ? AnswerKind.Aborted
            : Array.Find(had, file => file.Size == reply.Body.Length) is not { } whole ? AnswerKind.Wrong
            : place.Since(since).Contains(whole) ? AnswerKind.Right
            : AnswerKind.Stale;
    }

    private static AnswerKind OfTaken(Upload upload, Reply reply, bool isThere)
    {
        if (upload.File.IsInfected)
        {
            return AnswerKind.Unscanned;
        }

        var expected = upload.Reply.Bytes().AsSpan();
        return reply.Status != 201 || !isThere ? AnswerKind.Dishonest
            : !expected.StartsWith(reply.Body) ? AnswerKind.Wrong
            : !reply.IsWhole ? AnswerKind.Aborted
            : upload.IsReplyInfected ? AnswerKind.Unscanned
            : reply.Body.Length == expected.Length ? AnswerKind.Right
            : AnswerKind.Wrong;
    }

    private static AnswerKind OfRefused(Reply reply, bool mayRefuse) =>
        reply.IsLate ? AnswerKind.Late
        : !reply.IsWhole ? AnswerKind.Aborted
        : reply.Status switch
        {
            409 when reply.Verdict == "unscannable" => AnswerKind.Error,
            409 when mayRefuse => AnswerKind.Right,
            // 408: a body that came too slowly.
            408 or 502 or 503 or 504 => AnswerKind.Error,
            _ => AnswerKind.Dishonest,
        };

    private static bool HoldsEicar(Reply reply) => reply.Body.AsSpan().IndexOf(Eicar.Bytes) >= 0;
}
