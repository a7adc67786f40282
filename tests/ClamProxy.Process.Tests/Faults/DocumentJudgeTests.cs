using System.Diagnostics;
using ClamProxy.Soak.Documents;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Process.Tests.Faults;

/// <summary>What the matrix and the soak call right, allowed and forbidden of documents that change.</summary>
public sealed class DocumentJudgeTests
{
    private const int Size = 20_000;
    private static readonly DocumentAsk Plain = new();

    private readonly Document _document = new("doc1", DocumentKind.MustRevalidate, "gzip", Size);

    [Fact]
    public void CleanVersion_IsRightInBothForms()
    {
        Assert.Equal(AnswerKind.Right, Judged(Plain, Of(_document.Now, DocumentText.Identity)).Kind);
        Assert.Equal(AnswerKind.Right, Judged(new() { Codings = "gzip" }, Of(_document.Now, "gzip")).Kind);
    }

    [Fact]
    public void CodedBytesOfOneThatDecodesNothing_AreWrong() =>
        Assert.Equal(AnswerKind.Wrong, Judged(Plain, Of(_document.Now, "gzip")).Kind);

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    public void OneByteOfAnother_IsWrong(string form)
    {
        var reply = Of(_document.Now, form);
        reply.Body[^1] ^= 1;

        Assert.Equal(AnswerKind.Wrong, Judged(new() { Codings = "gzip" }, reply).Kind);
        Assert.Equal(AnswerKind.Wrong, Judged(new() { Codings = "gzip" }, reply with { IsWhole = false }).Kind);
    }

    [Fact]
    public void HeadOfOneVersionAndBodyOfAnother_IsWrong()
    {
        var old = _document.Now;
        var reply = Of(_document.Advance(DocumentState.Clean), DocumentText.Identity);

        Assert.Equal(AnswerKind.Wrong, Judged(Plain, reply with { Body = _document.Plain(old, "en") }).Kind);
    }

    [Fact]
    public void WholeBodyThatIsShort_IsWrong()
    {
        var reply = Of(_document.Now, DocumentText.Identity);

        Assert.Equal(AnswerKind.Wrong, Judged(Plain, reply with { Body = reply.Body[..^1] }).Kind);
        Assert.Equal(AnswerKind.Aborted, Judged(Plain, reply with { Body = reply.Body[..^1], IsWhole = false }).Kind);
    }

    [Fact]
    public void DigestOfOtherBytes_IsWrong() =>
        Assert.Equal(
            AnswerKind.Wrong, Judged(Plain, Of(_document.Now, DocumentText.Identity, ("Repr-Digest", "sha-256=:AAAA:"))).Kind);

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    [InlineData("br")]
    public void InfectedVersion_IsUnscannedInEveryForm(string form)
    {
        var document = new Document("doc2", DocumentKind.NoCache, form, Size);
        var infected = document.Advance(DocumentState.Infected);
        var whole = Of(document, infected, form);

        Assert.Equal(AnswerKind.Unscanned, DocumentJudge.Of(document, new() { Codings = form }, whole).Kind);
        Assert.Equal(AnswerKind.Unscanned, DocumentJudge.Of(document, new() { Codings = form }, Cut(whole, 100)).Kind);
    }

    [Fact]
    public void InfectedVersionWithoutItsEnd_IsBrokenOffForGood()
    {
        var infected = _document.Advance(DocumentState.Infected);

        var verdict = Judged(Plain, Cut(Of(infected, DocumentText.Identity), ProxyUnderTest.HoldBack + 1));

        Assert.Equal((AnswerKind.Aborted, true), (verdict.Kind, verdict.IsInfected));
    }

    [Theory]
    [InlineData(nameof(DocumentState.Unavailable))]
    [InlineData(nameof(DocumentState.Truncated))]
    [InlineData(nameof(DocumentState.TornCoding))]
    [InlineData(nameof(DocumentState.Gone))]
    public void VersionThatTheOriginNeverSentWhole_IsWrong(string state)
    {
        var version = _document.Advance(Enum.Parse<DocumentState>(state));

        Assert.Equal(AnswerKind.Wrong, Judged(Plain, Of(version, DocumentText.Identity)).Kind);
    }

    [Fact]
    public void InfectedErrorBody_IsUnscanned()
    {
        var version = _document.Advance(DocumentState.InfectedError);

        Assert.Equal(AnswerKind.Unscanned, Judged(Plain, Reply(500, _document.ErrorBody(version))).Kind);
    }

    [Fact]
    public void Refusal_IsRightOnlyWhereAnInfectionWas()
    {
        var refused = Reply(409, [], ("Scan-Verdict", "infected"));

        Assert.Equal(AnswerKind.Dishonest, Judged(Plain, refused).Kind);
        _document.Advance(DocumentState.Infected);
        Assert.Equal(AnswerKind.Right, Judged(Plain, refused).Kind);
    }

    [Fact]
    public void NotModified_HasTheTagThatTheClientHad()
    {
        var tag = _document.Tag(_document.Now, "en", DocumentText.Identity);
        var other = _document.Tag(_document.Advance(DocumentState.Clean), "en", DocumentText.Identity);

        Assert.Equal(AnswerKind.Right, Judged(new() { IfNoneMatch = tag }, Reply(304, [], ("ETag", tag))).Kind);
        Assert.Equal(AnswerKind.Right, Judged(new() { IfNoneMatch = "W/" + tag }, Reply(304, [], ("ETag", tag))).Kind);
        Assert.Equal(AnswerKind.Wrong, Judged(new() { IfNoneMatch = tag }, Reply(304, [], ("ETag", other))).Kind);
        Assert.Equal(AnswerKind.Dishonest, Judged(Plain, Reply(304, [], ("ETag", tag))).Kind);
    }

    [Fact]
    public void NotModifiedOfAnInfectedVersion_IsWrong()
    {
        var tag = _document.Tag(_document.Advance(DocumentState.Infected), "en", DocumentText.Identity);

        Assert.Equal(AnswerKind.Wrong, Judged(new() { IfNoneMatch = tag }, Reply(304, [], ("ETag", tag))).Kind);
    }

    [Fact]
    public void Part_IsOfThePlaceAndTheVersionThatItSays()
    {
        var old = _document.Tag(_document.Now, "en", DocumentText.Identity);
        var version = _document.Advance(DocumentState.Clean);
        var tag = _document.Tag(version, "en", DocumentText.Identity);
        var ask = new DocumentAsk { Range = (100, 199) };
        Reply Part(int from) => Reply(
            206, _document.Plain(version, "en")[from..(from + 100)], ("ETag", tag), ("Content-Range", $"bytes 100-199/{Size}"));

        Assert.Equal(AnswerKind.Right, Judged(ask, Part(100)).Kind);
        Assert.Equal(AnswerKind.Wrong, Judged(ask, Part(101)).Kind);
        Assert.Equal(AnswerKind.Right, Judged(ask with { IfRange = tag }, Part(100)).Kind);
        Assert.Equal(AnswerKind.Wrong, Judged(ask with { IfRange = old }, Part(100)).Kind);
    }

    [Fact]
    public void OtherLanguage_IsWrong()
    {
        var document = new Document("doc3", DocumentKind.Varying, DocumentText.Identity, Size);
        var reply = Of(document, document.Now, DocumentText.Identity);

        Assert.Equal(AnswerKind.Right, DocumentJudge.Of(document, Plain, reply).Kind);
        Assert.Equal(AnswerKind.Wrong, DocumentJudge.Of(document, new() { Language = "de" }, reply).Kind);
    }

    [Fact]
    public void LinksThatAreNotRewritten_AreWrong()
    {
        var document = new Document("doc4", DocumentKind.Rewritten, DocumentText.Identity, Size);
        var reply = Of(document, document.Now, DocumentText.Identity);

        Assert.Equal(AnswerKind.Wrong, DocumentJudge.Of(document, Plain, reply).Kind);
        var rewritten = reply with { Body = document.Rewritten(document.Now, "en") };
        Assert.Equal(AnswerKind.Right, DocumentJudge.Of(document, Plain, rewritten).Kind);
    }

    [Fact]
    public void VersionThatWasReplacedLongAgo_IsTooOld()
    {
        var first = _document.Now;
        var next = _document.Advance(DocumentState.Clean);
        long After(double seconds) => next.Since + (long)(seconds * Stopwatch.Frequency);

        Assert.False(DocumentJudge.IsTooOld(_document, new(AnswerKind.Right, first), After(4)));
        Assert.True(DocumentJudge.IsTooOld(_document, new(AnswerKind.Right, first), After(6)));
        Assert.False(DocumentJudge.IsTooOld(_document, new(AnswerKind.Right, next), After(6)));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(500)]
    public void OtherStatus_IsNeverRight(int status) =>
        Assert.NotEqual(AnswerKind.Right, Judged(Plain, Reply(status, "x"u8.ToArray())).Kind);

    private static Reply Cut(Reply whole, int bytes) => whole with { Body = whole.Body[..^bytes], IsWhole = false };

    private static Reply Of(Document document, DocumentVersion version, string form, params (string Name, string Value)[] fields) => Reply(
        200,
        [.. document.Sent(version, "en", form)],
        [
            ("ETag", document.Tag(version, "en", form)),
            .. form == DocumentText.Identity ? [] : new[] { ("Content-Encoding", form) },
            .. fields,
        ]);

    private static Reply Reply(int status, byte[] body, params (string Name, string Value)[] fields) =>
        new(status, fields.ToDictionary(field => field.Name, field => field.Value), body, true, false, TimeSpan.Zero, "");

    private Reply Of(DocumentVersion version, string form, params (string Name, string Value)[] fields) =>
        Of(_document, version, form, fields);

    private DocumentVerdict Judged(DocumentAsk ask, Reply reply) => DocumentJudge.Of(_document, ask, reply);
}
