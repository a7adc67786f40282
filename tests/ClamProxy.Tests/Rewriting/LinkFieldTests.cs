using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

/// <summary>What is left of a Link field.</summary>
public sealed class LinkFieldTests
{
    [Theory]
    [InlineData("</a.css>; rel=preload; as=style", "</a.css>; rel=preload; as=style")]
    [InlineData("<https://mirror/a>; rel=duplicate; pri=1", null)]
    [InlineData("<https://mirror/a>; rel=\"next Duplicate\"", null)]
    [InlineData("<https://mirror/a>; rel=\"dupli\\cate\"", null)]
    [InlineData("</here/a>; rel=duplicate", "</here/a>; rel=duplicate")]
    [InlineData("<https://mirror/a.meta4>; rel=describedby; type=\"application/metalink4+xml\"", null)]
    [InlineData("<https://mirror/a>; rel=describedby; type=\"application/metalink4+xml\"", null)]
    [InlineData("<https://other/schema>; rel=describedby", "<https://other/schema>; rel=describedby")]
    [InlineData(
        "<https://a/?page=2>; rel=\"next\", <https://mirror/a>; rel=duplicate, </b>; rel=\"x, <y>\"",
        "<https://a/?page=2>; rel=\"next\", </b>; rel=\"x, <y>\"")]
    [InlineData("<https://mirror/a>; rel=duplicate; pref=\"", null)]
    [InlineData("nonsense duplicate", null)]
    public void Mirrors_AreLeftOut(string value, string? kept) =>
        Assert.Equal(kept, LinkField.WithoutMirrors(value, target => target.StartsWith('/')));
}
