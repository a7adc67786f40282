using ClamProxy.TestKit;

namespace ClamProxy.Soak.Worlds;

/// <summary>Tells what an answer was worth.</summary>
internal static class Judge
{
    /// <param name="file">What was asked for.</param>
    /// <param name="range">Which part of it, if a part.</param>
    /// <param name="status">0: no head came.</param>
    /// <param name="verdict">The field Scan-Verdict.</param>
    /// <param name="body">What came of the body.</param>
    /// <param name="isWhole">Whether the body ended as its head announced.</param>
    public static AnswerKind Of(
        TestFile file, (int From, int To)? range, int status, string? verdict, ReadOnlySpan<byte> body, bool isWhole)
    {
        if (body.IndexOf(Eicar.Bytes) >= 0 || (file.IsInfected && status == 200 && body.Length >= file.Size))
        {
            return AnswerKind.Unscanned;
        }

        if (status is 200 or 206)
        {
            var expected = file.Bytes().AsSpan();
            expected = status == 206 && range is var (from, to) ? expected[from..(to + 1)] : expected;
            return body.Length > expected.Length || !body.SequenceEqual(expected[..body.Length]) ? AnswerKind.Wrong
                : !isWhole ? AnswerKind.Aborted
                : file.IsInfected ? AnswerKind.Unscanned
                : body.Length == expected.Length ? AnswerKind.Right
                : AnswerKind.Wrong;
        }

        return !isWhole ? AnswerKind.Aborted : status switch
        {
            409 when verdict == "unscannable" => AnswerKind.Error,
            409 when file.IsInfected => AnswerKind.Right,
            502 or 503 or 504 => AnswerKind.Error,
            _ => AnswerKind.Dishonest,
        };
    }
}
