using Amazon.Runtime;
using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Tests.Buckets;

/// <summary>Signatures are those of AWS's own test suite for Signature Version 4.</summary>
public sealed class SignedFormTests
{
    private static readonly DateTimeOffset s_now = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Fact]
    public async Task Form_IsSignedAsInTheTestSuite()
    {
        using var request = await SignedForm.PostAsync(
            new UriBuilder("https", "example.amazonaws.com").Uri,
            new Dictionary<string, string> { ["Param1"] = "value1" },
            new AwsSignature(
                "service",
                "us-east-1",
                new ImmutableCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null),
                s_now));

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            Assert.Single(request.Headers.GetValues("Authorization")));
    }

    [Theory]
    [InlineData("arn:aws:sns:eu-west-3:123456789012:viruses", "sns.eu-west-3.amazonaws.com")]
    [InlineData("arn:aws-cn:sns:cn-north-1:123456789012:viruses", "sns.cn-north-1.amazonaws.com.cn")]
    [InlineData("arn:aws:sqs:eu-west-3:123456789012:viruses", null)]
    [InlineData("viruses", null)]
    public void Topic_NamesItsHost(string arn, string? host) => Assert.Equal(host, TopicArn.Parse(arn)?.Host);
}
