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
    [InlineData("If-None-Match", false)]
    public void Field_SelectsTheContentUnlessItIsKnownNotTo(string name, bool selects) =>
        Assert.Equal(selects, Representation.ContentSelectors([new(name, "v")]).Any());

    [Fact]
    public void ConditionalField_SelectsTheAnswer() => Assert.Single(Representation.AnswerSelectors([new("If-None-Match", "\"v\"")]));
}
