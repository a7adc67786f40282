using ClamProxy.Soak.Uploads;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Faults;

/// <summary>What the matrix and the soak call right, allowed and forbidden of uploads.</summary>
public sealed class UploadJudgeTests
{
    private static readonly Upload Clean = new(new TestFile(false, 5000, 1), UploadForm.Raw, IsReplyInfected: false);
    private static readonly Upload Infected = Clean with { File = new TestFile(true, 5000, 2) };

    [Fact]
    public void CleanUpload_IsRightOnlyIfItArrived()
    {
        var reply = Reply(201, Clean.Reply.Bytes());

        Assert.Equal(AnswerKind.Right, UploadJudge.Of(Clean, reply, isThere: true));
        Assert.Equal(AnswerKind.Dishonest, UploadJudge.Of(Clean, reply, isThere: false));
        Assert.Equal(AnswerKind.Wrong, UploadJudge.Of(Clean, reply with { Body = reply.Body[1..] }, isThere: true));
        Assert.Equal(AnswerKind.Dishonest, UploadJudge.Of(Clean, Refused, isThere: false));
    }

    [Fact]
    public void InfectedUpload_IsRightOnlyIfRefusedAndNotArrived()
    {
        Assert.Equal(AnswerKind.Right, UploadJudge.Of(Infected, Refused, isThere: false));
        Assert.Equal(AnswerKind.Unscanned, UploadJudge.Of(Infected, Refused, isThere: true));
        Assert.Equal(AnswerKind.Unscanned, UploadJudge.Of(Infected, Reply(201, []), isThere: false));
    }

    [Fact]
    public void InfectedReply_IsRefused()
    {
        var upload = Clean with { IsReplyInfected = true };

        Assert.Equal(AnswerKind.Right, UploadJudge.Of(upload, Refused, isThere: true));
        Assert.Equal(AnswerKind.Unscanned, UploadJudge.Of(upload, Reply(201, upload.Reply.Bytes()), isThere: true));
    }

    [Theory]
    [InlineData(nameof(UploadForm.Raw))]
    [InlineData(nameof(UploadForm.Brotli))]
    [InlineData(nameof(UploadForm.Json))]
    public void Path_SaysAllOfAnUpload(string form)
    {
        var upload = Infected with { Form = Enum.Parse<UploadForm>(form), IsReplyInfected = true };

        Assert.Equal(upload, Upload.Of(upload.Path));
    }

    [Fact]
    public async Task Origin_KeepsWhatShouldNotHaveCome()
    {
        var origin = new UploadOrigin();
        await SendAsync(origin, Clean, Clean.Body());
        Assert.Empty(origin.TakeBreaches());
        Assert.True(origin.Has(Clean));

        await SendAsync(origin, Clean, Clean.Body());
        Assert.Contains("twice", Assert.Single(origin.TakeBreaches()), StringComparison.Ordinal);

        await SendAsync(origin, Infected, Infected.Body());
        Assert.Contains("infected", Assert.Single(origin.TakeBreaches()), StringComparison.Ordinal);

        var other = Clean with { Form = UploadForm.Form };
        await SendAsync(origin, other, other.Body()[1..]);
        Assert.Contains("not the", Assert.Single(origin.TakeBreaches()), StringComparison.Ordinal);
    }

    [Fact]
    public void OlderFileOfAPlace_IsStale()
    {
        var place = new UploadOrigin().MakePlace();
        var (first, second) = (new TestFile(false, 3000, 3), new TestFile(false, 3000, 4));
        place.Put(first);
        place.Put(second);

        Assert.Equal(AnswerKind.Stale, UploadJudge.OfGet(place, long.MaxValue, Reply(200, first.Bytes())));
        Assert.Equal(AnswerKind.Right, UploadJudge.OfGet(place, 0, Reply(200, first.Bytes())));
        Assert.Equal(AnswerKind.Right, UploadJudge.OfGet(place, long.MaxValue, Reply(200, second.Bytes())));
        Assert.Equal(AnswerKind.Wrong, UploadJudge.OfGet(place, 0, Reply(200, [.. first.Bytes(), 0])));
        Assert.Equal(AnswerKind.Unscanned, UploadJudge.OfGet(place, 0, Reply(200, Eicar.Bytes)));
    }

    private static Reply Refused => Reply(409, [], ("Scan-Verdict", "infected"));

    private static async Task SendAsync(UploadOrigin origin, Upload upload, byte[] body)
    {
        var context = new DefaultHttpContext { Request = { Method = "PUT", Path = upload.Path, Body = new MemoryStream(body) } };
        Assert.True(await origin.TryServeAsync(context, (_, _) => Task.CompletedTask));
    }

    private static Reply Reply(int status, byte[] body, params (string Name, string Value)[] fields) =>
        new(status, fields.ToDictionary(field => field.Name, field => field.Value), body, true, false, TimeSpan.Zero, "");
}
