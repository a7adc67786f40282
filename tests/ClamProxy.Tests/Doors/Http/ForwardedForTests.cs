namespace ClamProxy.Tests.Doors.Http;

/// <summary>Who asks is nobody's business upstream, unless the operator says otherwise.</summary>
public sealed class ForwardedForTests
{
    public static TheoryData<string, string> Addresses => new()
    {
        { "X-Forwarded-For", "10.1.2.3" },
        { "x-forwarded-for", "10.1.2.3, 10.0.0.1" },
        { "Forwarded", "for=10.1.2.3" },
        { "X-Real-IP", "10.1.2.3" },
        { "X-Forwarded-Host", "inside.example" },
        { "X-Forwarded-Proto", "https" },
        { "X-Forwarded-Access-Token", "secret" },
        { "X-Client-IP", "10.1.2.3" },
        { "X_Forwarded_For", "10.1.2.3" },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task AddressOfAClient_DoesNotGoUpstream(string name, string value)
    {
        await using var world = await ProxyWorld.StartAsync("--TRUSTED_PROXIES=127.0.0.1/32");
        world.Origin.On("/file", "file"u8.ToArray());

        await world.GetAsync("/file", headers: (name, value));
        using var head = world.Request("/file", method: HttpMethod.Head, headers: [(name, value)]);
        await world.SendAsync(head);

        Assert.Equal(2, world.Origin.Requests.Count);
        Assert.All(
            world.Origin.Requests,
            request => Assert.DoesNotContain(request.Headers, field => field.Value.Contains(value, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("10.1.2.3", "10.1.2.3, 127.0.0.1")]
    public async Task OperatorWantsIt_TheClientsOwnAddressIsAdded(string? came, string sent)
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:ForwardedFields=X-Forwarded-For");
        world.Origin.On("/file", "file"u8.ToArray());

        await world.GetAsync("/file", headers: came is null ? [] : [("X-Forwarded-For", came)]);

        Assert.Equal(sent, world.Origin.Requests.Single().Headers["X-Forwarded-For"]);
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Connection")]
    [InlineData("Range")]
    [InlineData("Download-From")]
    [InlineData("Accept-Encoding")]
    [InlineData("Via")]
    [InlineData("Content-Length")]
    [InlineData("no token")]
    public void FieldThatCannotBeForwarded_StopsTheStart(string name)
    {
        var (application, problems) = ProxyApplication.Build([$"--ClamProxy:ForwardedFields={name}"]);

        Assert.Null(application);
        Assert.Contains(problems, problem => problem.Contains("ForwardedFields", StringComparison.Ordinal));
    }
}
