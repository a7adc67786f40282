using System.Net;
using System.Net.Sockets;
using Amazon.S3;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Tests.Objects;

public sealed class S3FaultsTests
{
    private static readonly S3CallFacts Call = new("minio:9000", "contents", "s3:PutObject", TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(404, "NoSuchBucket", "no bucket contents at minio:9000")]
    [InlineData(403, "InvalidAccessKeyId", "S3_ACCESS_KEY")]
    [InlineData(403, "SignatureDoesNotMatch", "S3_SECRET_KEY")]
    [InlineData(403, "AccessDenied", "no right s3:PutObject in bucket contents")]
    [InlineData(403, null, "no right s3:PutObject in bucket contents")]
    [InlineData(301, "PermanentRedirect", "S3_REGION")]
    [InlineData(400, "AuthorizationHeaderMalformed", "S3_REGION")]
    [InlineData(403, "RequestTimeTooSkewed", "clocks")]
    [InlineData(503, "SlowDown", "answered 503 SlowDown to s3:PutObject")]
    public void Answer_SaysWhatIsMissing(int status, string? code, string words)
    {
        var fault = S3Faults.Of(Answer(status, code), Call);

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AKIA", fault.Message, StringComparison.Ordinal);
        Assert.Equal(S3Fault.Other, fault.Fault);
    }

    [Fact]
    public void AnswerThatNamesTheRight_IsTakenAtItsWord()
    {
        var answer = new AmazonS3Exception(
            "User: arn:aws:iam::123456789012:user/AKIA is not authorized to perform: s3:PutObjectTagging on resource: "
                + "\"arn:aws:s3:::clean/a/b.txt\" because no identity-based policy allows the s3:PutObjectTagging action")
        {
            StatusCode = HttpStatusCode.Forbidden,
            ErrorCode = "AccessDenied",
        };

        Assert.Equal("no right s3:PutObjectTagging on arn:aws:s3:::clean/a/b.txt at minio:9000", S3Faults.Of(answer, Call).Message);
    }

    [Theory]
    [InlineData(404, "NoSuchKey", (int)S3Fault.Missing)]
    [InlineData(404, null, (int)S3Fault.Missing)]
    [InlineData(412, "PreconditionFailed", (int)S3Fault.Changed)]
    [InlineData(409, "ConditionalRequestConflict", (int)S3Fault.Changed)]
    [InlineData(416, "InvalidRange", (int)S3Fault.Changed)]
    [InlineData(501, "NotImplemented", (int)S3Fault.Unknown)]
    public void Answer_IsToldFromOthersWhereACallerDoesSomethingAboutIt(int status, string? code, int fault) =>
        Assert.Equal((S3Fault)fault, S3Faults.Of(Answer(status, code), Call).Fault);

    [Fact]
    public void NoAnswer_SaysWhetherTheStoreIsLateOrAway()
    {
        Assert.Contains("in time", S3Faults.Of(new TaskCanceledException(), Call).Message, StringComparison.Ordinal);
        Assert.Contains("in time", S3Faults.Of(new IOException("x", new TimeoutException()), Call).Message, StringComparison.Ordinal);
        Assert.Contains(
            "cannot be reached",
            S3Faults.Of(new HttpRequestException("x", new SocketException(111)), Call).Message,
            StringComparison.Ordinal);
        Assert.Contains("cannot be asked", S3Faults.Of(new InvalidOperationException("x"), Call).Message, StringComparison.Ordinal);
    }

    private static AmazonS3Exception Answer(int status, string? code) =>
        new("of AKIA1234") { StatusCode = (HttpStatusCode)status, ErrorCode = code };
}
