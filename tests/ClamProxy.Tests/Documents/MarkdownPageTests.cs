namespace ClamProxy.Tests.Documents;

public sealed class MarkdownPageTests
{
    [Fact]
    public void Headings_HaveTheAnchorsThatGitHubGivesThem()
    {
        var page = new MarkdownPage("# The `STORE_PATH`, and nginx\ntext\n## Again\n## Again\n### §5a. Answers [that](x.md) may change\n");

        Assert.Equal(["the-store_path-and-nginx", "again", "again-1", "5a-answers-that-may-change"], page.Anchors);
    }

    [Fact]
    public void LinksAndHeadingsInCode_AreNone()
    {
        var page = new MarkdownPage("[a](a.md#b) `[c](c.md)` ![d](d.png \"title\")\n```\n# e\n[e](e.md)\n```\n");

        Assert.Equal(["a.md#b", "d.png"], page.Links);
        Assert.Empty(page.Anchors);
    }
}
