using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What was found, and in which file, where each client shows it: reason phrase, npm's error, a terminal's text.</summary>
public sealed class BlockReasonTests
{
    private const string Found = "ClamAV found Eicar-Test-Signature in evil-1.0.tgz. It was not delivered.";

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*")]
    [InlineData("text/plain;q=0.4, application/json")]
    [InlineData("text/plain, */*")]
    public async Task Refusal_HasErrorAndMessageForPackageClients(string accept)
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/evil/-/evil-1.0.tgz", false, ("Accept", accept));

        Assert.Equal((409, "Infected Eicar-Test-Signature"), (reply.Status, reply.Reason));
        Assert.Equal((Found, Found, Found), (reply.Problem("error"), reply.Problem("message"), reply.Problem("detail")));
        Assert.Equal("Accept", reply["Vary"]);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain, */*;q=0.5")]
    [InlineData("text/*")]
    [InlineData("text/plain, text/html;q=0.9")]
    public async Task ClientThatPrefersText_GetsAFewLines(string accept)
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/evil/-/evil-1.0.tgz", false, ("Accept", accept));

        Assert.Equal("text/plain; charset=utf-8", reply["Content-Type"]);
        var lines = Encoding.UTF8.GetString(reply.Body).Split('\n');
        Assert.Equal(["409 Infected Eicar-Test-Signature", Found, "signature: Eicar-Test-Signature"], lines[..3]);
        Assert.Contains($"target: {world.Origin.Url}/evil/-/evil-1.0.tgz", lines);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    [InlineData("text/html, text/plain")]
    [InlineData("text/html;q=0.01")]
    public async Task Browser_GetsThePage(string accept)
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/evil/-/evil-1.0.tgz", false, ("Accept", accept));

        Assert.Equal("text/html; charset=utf-8", reply["Content-Type"]);
        Assert.Contains(Found, Encoding.UTF8.GetString(reply.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/plain")]
    public async Task NamesOfStrangers_BringNoEscapeSequencesToATerminal(string accept)
    {
        await using var world = await ProxyWorld.StartAsync();
        const string Path = "/a/evil%1B%5B31m%0Afake%E2%80%AE.tgz";
        world.Origin.On(Path, Eicar.Bytes);

        var reply = await world.GetAsync(Path, false, ("Accept", accept));

        var shown = accept == "*/*" ? reply.Problem("error")! : Encoding.UTF8.GetString(reply.Body).Split('\n')[1];
        Assert.Equal("ClamAV found Eicar-Test-Signature in evil_[31m_fake_.tgz. It was not delivered.", shown);
    }

    [Fact]
    public async Task LongName_IsCut()
    {
        await using var world = await ProxyWorld.StartAsync();
        var path = "/" + new string('a', 4000);
        world.Origin.On(path, Eicar.Bytes);

        Assert.Equal(
            $"ClamAV found Eicar-Test-Signature in {new string('a', 120)}.... It was not delivered.",
            (await world.GetAsync(path)).Problem("message"));
    }

    [Fact]
    public async Task AuditOfNpm_IsToldThatOnlyFilesAreFetched()
    {
        await using var world = await ProxyWorld.StartAsync();
        using var request = world.Request(
            "/-/npm/v1/security/advisories/bulk", method: HttpMethod.Post, headers: ("Accept", "application/json"));
        request.Content = new ByteArrayContent(new byte[100_000]);

        var reply = await world.SendAsync(request);

        Assert.Equal((405, "Method not allowed"), (reply.Status, reply.Reason));
        Assert.Equal(
            "Send GET, HEAD. Publishing, logging in and auditing work where the operator allows them (Publish or Methods of the route); "
                + "else do so at the registry itself.",
            reply.Problem("error"));
        Assert.Empty(world.Origin.Requests);
    }

    private static async Task<ProxyWorld> StartAsync()
    {
        var world = await ProxyWorld.StartAsync();
        world.Origin.On("/evil/-/evil-1.0.tgz", Eicar.Bytes);
        return world;
    }
}
