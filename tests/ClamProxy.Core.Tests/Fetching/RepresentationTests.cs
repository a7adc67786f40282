using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;

namespace ClamProxy.Core.Tests.Fetching;

public sealed class RepresentationTests
{
    [Theory]
    [InlineData("Authorization", "v", true)]
    [InlineData("Cookie", "v", true)]
    [InlineData("PRIVATE-TOKEN", "v", true)]
    [InlineData("X-Unheard-Of", "v", true)]
    [InlineData("Accept", "v", true)]
    [InlineData("accept-language", "v", true)]
    [InlineData("user-agent", "v", true)]
    [InlineData("X-Forwarded-For", "v", true)]
    [InlineData("Accept-Encoding", "gzip", true)]
    [InlineData("accept-encoding", "identity", false)]
    [InlineData("Via", "1.1 clamproxy-0123abcd", false)]
    [InlineData("If-None-Match", "v", false)]
    public void FieldThatIsSent_SelectsTheContentUnlessAllSendItAlike(string name, string value, bool selects) =>
        Assert.Equal(selects, Representation.ContentSelectors([new(name, value)]).Any());

    [Fact]
    public void OwnUserAgent_SelectsNothing() =>
        Assert.Empty(Representation.ContentSelectors([FixedFields.UserAgent]));

    [Fact]
    public void RequestForCodings_SelectsTheAnswerAlone()
    {
        Assert.Empty(Representation.ContentSelectors([FixedFields.AcceptCodings]));
        Assert.Single(Representation.SelectorsOfAnswerAlone([FixedFields.AcceptCodings]));
        Assert.Empty(Representation.SelectorsOfAnswerAlone([FixedFields.AcceptEncoding, FixedFields.UserAgent]));
    }

    [Theory]
    [InlineData("If-None-Match", "\"v\"")]
    [InlineData("Via", "1.1 clamproxy-0123abcd")]
    public void FieldThatUpstreamMayReflect_SelectsTheAnswer(string name, string value) =>
        Assert.Single(Representation.SelectorsOfAnswerAlone([new(name, value)]));

    [Theory]
    [InlineData("npm-session", false)]
    [InlineData("npm-auth-type", false)]
    [InlineData("X-NuGet-Session-Id", false)]
    [InlineData("X-NuGet-ApiKey", true)]
    [InlineData("X-Session", true)]
    [InlineData("X-JFrog-Art-Api", true)]
    [InlineData("Authorization", true)]
    [InlineData("X-Amz-Date", true)]
    public void Field_IsACredentialByItsName_UnlessItIsKnownNotTo(string name, bool isCredential) =>
        Assert.Equal(isCredential, CredentialFields.Contain(name));

    [Theory]
    [InlineData("Bearer abc", true)]
    [InlineData("basic  YTpi", true)]
    [InlineData("Digest username=x", true)]
    [InlineData("AWS4-HMAC-SHA256 Credential=x", true)]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln", true)]
    [InlineData("ghp_abc", true)]
    [InlineData("basics of something", false)]
    [InlineData("Bearer", false)]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", false)]
    [InlineData("Root=1-67891233-abcdef012345678912345678", false)]
    public void Value_IsACredentialByItsForm(string value, bool isCredential) =>
        Assert.Equal(isCredential, CredentialFields.HasForm(value));
}
