using Amazon.Runtime;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Tests.Objects;

public sealed class AwsSignatureTests
{
    private const string HashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly DateTimeOffset s_now = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The example "GET Object" of the API reference of S3.</summary>
    [Fact]
    public void Download_IsSignedAsInTheReference()
    {
        var added = Sign(token: null);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            added["authorization"]);
        Assert.Equal("20130524T000000Z", added["x-amz-date"]);
        Assert.Equal(2, added.Count);
    }

    [Fact]
    public void KeysOfARole_AreSentWithTheirTokenWhichIsSigned()
    {
        var added = Sign("a-token");

        Assert.Equal("a-token", added["x-amz-security-token"]);
        Assert.Contains("x-amz-date;x-amz-security-token", added["authorization"], StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, string> Sign(string? token) => new AwsSignature(
        "s3",
        "us-east-1",
        new ImmutableCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", token),
        s_now).Sign(
            "GET",
            "/test.txt",
            new Dictionary<string, string>
            {
                ["host"] = "examplebucket.s3.amazonaws.com",
                ["range"] = "bytes=0-9",
                ["x-amz-content-sha256"] = HashOfNothing,
            },
            HashOfNothing);
}
