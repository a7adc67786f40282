using ClamProxy.Core.Download;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Webhooks;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class CallbackSignatureTests
{
    /// <summary>The example of Standard Webhooks' own libraries.</summary>
    [Fact]
    public void KnownExample_HasTheKnownSignature() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSignature.Of(
            [WebhookSignature.ParseSecret(CallbackReceiver.Secret)!],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            "{\"test\": 2432232314}"u8.ToArray()));

    [Fact]
    public void SeveralSecrets_EachSigns()
    {
        var secrets = new[] { CallbackReceiver.Secret, CallbackReceiver.OtherSecret }.Select(WebhookSignature.ParseSecret).ToList();

        var both = WebhookSignature.Of(secrets!, "msg_1", 1, "{}"u8.ToArray());

        Assert.Equal(
            both, $"{WebhookSignature.Of([secrets[0]!], "msg_1", 1, "{}"u8.ToArray())} "
                + WebhookSignature.Of([secrets[1]!], "msg_1", 1, "{}"u8.ToArray()));
    }

    [Fact]
    public void HostWithASecretOfItsOwn_IsSignedForByThatOnly()
    {
        var options = new CallbackOptions
        {
            Secrets = [CallbackReceiver.Secret, $"Hooks.Example.org={CallbackReceiver.OtherSecret}"],
        };
        var secrets = new CallbackSecrets(options);

        Assert.Empty(options.Problems());
        Assert.Equal([WebhookSignature.ParseSecret(CallbackReceiver.OtherSecret)], For("https://hooks.example.org/"));
        Assert.Equal([WebhookSignature.ParseSecret(CallbackReceiver.Secret)], For("https://other.example.org/"));
        IReadOnlyList<byte[]?> For(string url) => secrets.For(Target.TryParse(url, out _)!.Uri);
    }

    [Theory]
    [InlineData("")]
    [InlineData("=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("host =x=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("host:whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("secret")]
    [InlineData("whsec_")]
    [InlineData("whsec_dG9vIHNob3J0")]
    [InlineData("whsec_not base64 at all, however long it may be")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void WrongSecret_IsNone(string text)
    {
        Assert.Null(CallbackSecrets.Parse(text));
        var problem = Assert.Single(new CallbackOptions { Secrets = [text] }.Problems());
        Assert.Equal("***", problem.Value);
    }
}
