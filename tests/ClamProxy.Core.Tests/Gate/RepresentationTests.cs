using ClamProxy.Core.Gate;

namespace ClamProxy.Core.Tests.Gate;

public sealed class RepresentationTests
{
    [Theory]
    [InlineData("Authorization", true)]
    [InlineData("Cookie", true)]
    [InlineData("PRIVATE-TOKEN", true)]
    [InlineData("X-Unheard-Of", true)]
    [InlineData("Accept", true)]
    [InlineData("accept-language", true)]
    [InlineData("user-agent", false)]
    [InlineData("X-Forwarded-For", false)]
    [InlineData("traceparent", false)]
    [InlineData("npm-session", false)]
    [InlineData("X-NuGet-Session-Id", false)]
    [InlineData("If-None-Match", false)]
    public void Field_SelectsTheContentUnlessItIsKnownNotTo(string name, bool selects) =>
        Assert.Equal(selects, Representation.ContentSelectors([new(name, "v")]).Any());

    [Theory]
    [InlineData("npm-session", false)]
    [InlineData("npm-auth-type", false)]
    [InlineData("X-NuGet-Session-Id", false)]
    [InlineData("X-NuGet-ApiKey", true)]
    [InlineData("X-Session", true)]
    [InlineData("X-JFrog-Art-Api", true)]
    [InlineData("Authorization", true)]
    public void Field_IsACredentialByItsName_UnlessItIsKnownNotTo(string name, bool isCredential) =>
        Assert.Equal(isCredential, Representation.HasCredentials([new(name, "v")]));

    [Fact]
    public void ConditionalField_SelectsTheAnswer() => Assert.Single(Representation.AnswerSelectors([new("If-None-Match", "\"v\"")]));
}
